/* Calls one function by name with a path, and says what came of it. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <ftw.h>
#include <glob.h>
#include <libintl.h>
#include <nl_types.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

extern char **environ;
int __open(const char *, int, ...);
int __open64(const char *, int, ...);
int __open_2(const char *, int);
int __open64_2(const char *, int);
int __openat_2(int, const char *, int);
int __openat64_2(int, const char *, int);
FILE *_IO_fopen(const char *, const char *);
int __statfs(const char *, struct statfs *);
ssize_t __readlink_chk(const char *, char *, size_t, size_t);
ssize_t __readlinkat_chk(int, const char *, char *, size_t, size_t);
char *__realpath_chk(const char *, char *, size_t);
/* Not in every C library; the redirecting one has it. */
int openat2(int, const char *, void *, size_t) __attribute__((weak));

static void say_file(int fd)
{
    char text[100];
    ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text);
    if (size < 0)
        printf("%s", strerror(errno));
    else
        fwrite(text, 1, size, stdout);
}
static void say_stream(FILE *stream) { say_file(stream ? fileno(stream) : -1); }
static void say_inode(int failed, unsigned long inode)
{
    if (failed)
        printf("%s", strerror(errno));
    else
        printf("%lu", inode);
}
static void say_text(const char *text) { printf("%s", text ? text : strerror(errno)); }
static void say_status(long failed) { printf("%s", failed == -1 ? strerror(errno) : "fine"); }
static int visit(const char *path, const struct stat *found, int kind)
{
    printf("%s\n", path);
    return 0;
}
static int visit_new(const char *path, const struct stat *found, int kind, struct FTW *walk)
{
    printf("%s\n", path);
    return 0;
}
static void wait_for(pid_t child)
{
    int status;
    waitpid(child, &status, 0);
}

static void say_link(ssize_t length, char *target)
{
    target[length < 0 ? 0 : length] = 0;
    say_text(length < 0 ? NULL : target);
}
static void say_open(const char *path, unsigned long resolve)
{
    unsigned long how[3] = {O_RDONLY, 0, resolve};
    say_file(openat2(AT_FDCWD, path, how, sizeof how));
}
static void walk_all(char *const *paths)
{
    FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    FTSENT *found;
    while ((found = fts_read(walk)))
        printf("%s\n", found->fts_path);
    fts_close(walk);
}
static void spawn_with(posix_spawn_file_actions_t *actions, char *const *arguments)
{
    pid_t child;
    int failure = posix_spawnp(&child, arguments[0], actions, NULL, arguments, environ);
    if (failure)
        printf("%s", strerror(failure));
    else
        wait_for(child);
}

#define IS(name) if (!strcmp(argv[1], name))

int main(int argc, char **argv)
{
    /* What is read from there is not named by the command line. */
    char typed[8192] = "";
    int is_typed = argc > 2 && !strcmp(argv[2], "-");
    if (is_typed)
        fgets(typed, sizeof typed, stdin);
    const char *path = is_typed ? typed : argv[2];
    char *arguments[] = {"program", "argument", NULL};
    char target[4096];
    struct stat found;
    struct stat64 found64;
    struct statx foundx;
    struct statvfs system;
    setvbuf(stdout, NULL, _IONBF, 0);
    IS("open") say_file(open(path, O_RDONLY));
    IS("open64") say_file(open64(path, O_RDONLY));
    IS("openat") say_file(openat(AT_FDCWD, path, O_RDONLY));
    IS("openat64") say_file(openat64(AT_FDCWD, path, O_RDONLY | O_CLOEXEC));
    IS("__open") say_file(__open(path, O_RDONLY));
    IS("__open64") say_file(__open64(path, O_RDONLY));
    IS("__open_2") say_file(__open_2(path, O_RDONLY));
    IS("__open64_2") say_file(__open64_2(path, O_RDONLY));
    IS("__openat_2") say_file(__openat_2(AT_FDCWD, path, O_RDONLY));
    IS("__openat64_2") say_file(__openat64_2(AT_FDCWD, path, O_RDONLY));
    IS("openat2") say_open(path, 0);
    IS("openat2 without links") say_open(path, 4);
    IS("openat2 beneath") say_open(path, 8);
    IS("openat2 in root") say_open(path, 16);
    IS("_IO_fopen") say_stream(_IO_fopen(path, "r"));
    IS("open to write") say_status(open(path, O_WRONLY));
    IS("open to read and write") say_status(open(path, O_RDWR));
    IS("open to make") say_status(open(path, O_RDONLY | O_CREAT | O_EXCL, 0600));
    IS("fopen") say_stream(fopen(path, "r"));
    IS("fopen64") say_stream(fopen64(path, "rbe"));
    IS("fopen to write") say_status(fopen(path, "r+") ? 0 : -1);
    IS("fopen to append") say_status(fopen(path, "ab") ? 0 : -1);
    IS("freopen") say_stream(freopen(path, "r", stdin));
    IS("freopen64") say_stream(freopen64(path, "r", stdin));
    IS("stat") { int f = stat(path, &found); say_inode(f, found.st_ino); }
    IS("stat64") { int f = stat64(path, &found64); say_inode(f, found64.st_ino); }
    IS("lstat") { int f = lstat(path, &found); say_inode(f, found.st_ino); }
    IS("lstat64") { int f = lstat64(path, &found64); say_inode(f, found64.st_ino); }
    IS("fstatat") { int f = fstatat(AT_FDCWD, path, &found, 0); say_inode(f, found.st_ino); }
    IS("fstatat64") { int f = fstatat64(AT_FDCWD, path, &found64, 0); say_inode(f, found64.st_ino); }
    IS("statx") { int f = statx(AT_FDCWD, path, 0, STATX_INO, &foundx); say_inode(f, foundx.stx_ino); }
    IS("access") say_status(access(path, R_OK));
    IS("eaccess") say_status(eaccess(path, R_OK));
    IS("euidaccess") say_status(euidaccess(path, R_OK));
    IS("faccessat") say_status(faccessat(AT_FDCWD, path, R_OK, AT_EACCESS));
    IS("access to write") say_status(access(path, W_OK));
    IS("readlink") { ssize_t n = readlink(path, target, sizeof target - 1); target[n < 0 ? 0 : n] = 0; say_text(n < 0 ? NULL : target); }
    IS("readlinkat") { ssize_t n = readlinkat(AT_FDCWD, path, target, sizeof target - 1); target[n < 0 ? 0 : n] = 0; say_text(n < 0 ? NULL : target); }
    IS("__readlink_chk") say_link(__readlink_chk(path, target, 100, sizeof target), target);
    IS("__readlinkat_chk") say_link(__readlinkat_chk(AT_FDCWD, path, target, 100, sizeof target), target);
    IS("__realpath_chk") say_text(__realpath_chk(path, target, sizeof target));
    IS("realpath") say_text(realpath(path, NULL));
    IS("canonicalize_file_name") say_text(canonicalize_file_name(path));
    IS("getxattr") { ssize_t n = getxattr(path, "user.none", target, 10); printf("%s", errno == ENOENT ? "missing" : "there"); }
    IS("listxattr") say_status(listxattr(path, target, sizeof target));
    IS("statfs") { struct statfs f; say_status(statfs(path, &f)); }
    IS("__statfs") { struct statfs f; say_status(__statfs(path, &f)); }
    IS("ftok") say_status(ftok(path, 1));
    IS("catopen") { catopen(path, 0); printf("%s", errno == ENOENT ? "missing" : "there"); }
    IS("name_to_handle_at") { char h[200] = {0}; int m; name_to_handle_at(AT_FDCWD, path, (void *)h, &m, 0); printf("%s", errno == ENOENT ? "missing" : "there"); }
    IS("statvfs") say_status(statvfs(path, &system));
    IS("pathconf") say_status(pathconf(path, _PC_NAME_MAX));
    IS("inotify_add_watch") say_status(inotify_add_watch(inotify_init(), path, IN_OPEN) < 0 ? -1 : 0);
    IS("chdir") { int f = chdir(path); say_text(f ? NULL : getcwd(target, sizeof target)); }
    IS("opendir") { DIR *d = opendir(path); struct dirent *e; if (!d) say_text(NULL); else while ((e = readdir(d))) if (*e->d_name != '.') printf("%s\n", e->d_name); }
    IS("scandir") { struct dirent **l; int n = scandir(path, &l, NULL, alphasort); if (n < 0) say_text(NULL); while (n-- > 0) if (*l[n]->d_name != '.') printf("%s\n", l[n]->d_name); }
    IS("scandirat") { struct dirent **l; int n = scandirat(AT_FDCWD, path, &l, NULL, alphasort); if (n < 0) say_text(NULL); while (n-- > 0) if (*l[n]->d_name != '.') printf("%s\n", l[n]->d_name); }
    IS("fts_open") { char *both[] = {"/proc/self/comm", (char *)path, NULL}; walk_all(both); }
    IS("fts_open of many") { char *many[3000]; for (int i = 0; i < 2999; i++) many[i] = "/proc/self/comm"; many[2999] = NULL; walk_all(many); }
    IS("fts_open of long ones") { char *long_ones[400]; for (int i = 0; i < 399; i++) long_ones[i] = (char *)path; long_ones[399] = NULL; walk_all(long_ones); }
    IS("ftw") say_status(ftw(path, visit, 8));
    IS("nftw") say_status(nftw(path, visit_new, 8, 0));
    IS("glob") { glob_t g; int f = glob(path, 0, NULL, &g); if (f) printf("nothing"); else for (size_t i = 0; i < g.gl_pathc; i++) printf("%s\n", g.gl_pathv[i]); }
    IS("glob64") { glob64_t g; int f = glob64(path, 0, NULL, &g); if (f) printf("nothing"); else for (size_t i = 0; i < g.gl_pathc; i++) printf("%s\n", g.gl_pathv[i]); }
    IS("glob of more") { glob_t g; glob("/proc/self/com?", 0, NULL, &g); g.gl_offs = 0; glob(path, GLOB_APPEND, NULL, &g); for (size_t i = 0; i < g.gl_pathc; i++) printf("%s\n", g.gl_pathv[i]); }
    IS("glob behind a gap") { glob_t g = {.gl_offs = 2}; glob(path, GLOB_DOOFFS, NULL, &g); for (size_t i = 0; i < g.gl_pathc; i++) printf("%s\n", g.gl_pathv[2 + i]); }
    IS("glob of nothing") { glob_t g; glob(path, GLOB_NOCHECK, NULL, &g); printf("%s\n", g.gl_pathv[0]); }
    IS("bindtextdomain") say_text(bindtextdomain("domain", path));
    IS("dlopen") { void *l = dlopen(path, RTLD_NOW); say_text(l ? "loaded" : dlerror()); }
    IS("dlmopen") { void *l = dlmopen(LM_ID_BASE, path, RTLD_NOW); say_text(l ? "loaded" : dlerror()); }
    IS("execve") { execve(path, arguments, environ); say_text(NULL); }
    IS("execv") { execv(path, arguments); say_text(NULL); }
    IS("execvp") { execvp(path, arguments); say_text(NULL); }
    IS("execvpe") { execvpe(path, arguments, environ); say_text(NULL); }
    IS("execl") { execl(path, "program", "argument", NULL); say_text(NULL); }
    IS("execlp") { execlp(path, "program", "argument", NULL); say_text(NULL); }
    IS("execle") { execle(path, "program", "argument", NULL, environ); say_text(NULL); }
    IS("posix_spawn") { pid_t p; int f = posix_spawn(&p, path, NULL, NULL, arguments, environ); if (f) printf("%s", strerror(f)); else wait_for(p); }
    IS("posix_spawnp") { pid_t p; int f = posix_spawnp(&p, path, NULL, NULL, arguments, environ); if (f) printf("%s", strerror(f)); else wait_for(p); }
    IS("addopen") { posix_spawn_file_actions_t a; char *cat[] = {"/bin/cat", NULL}; posix_spawn_file_actions_init(&a); posix_spawn_file_actions_addopen(&a, 0, path, O_RDONLY, 0); spawn_with(&a, cat); }
    IS("addopen to write") { posix_spawn_file_actions_t a; char *cat[] = {"/bin/true", NULL}; posix_spawn_file_actions_init(&a); posix_spawn_file_actions_addopen(&a, 1, path, O_WRONLY, 0); spawn_with(&a, cat); }
    IS("addchdir") { posix_spawn_file_actions_t a; char *pwd[] = {"/bin/pwd", "-P", NULL}; posix_spawn_file_actions_init(&a); posix_spawn_file_actions_addchdir_np(&a, path); spawn_with(&a, pwd); }
    IS("vfork") { pid_t p = vfork(); if (!p) { execve(path, arguments, environ); _exit(1); } wait_for(p); }
    IS("errno of stat") { errno = 77; int f = stat(path, &found); printf("%d %d", !f, errno); }
    IS("errno") { errno = 77; int fd = open(path, O_RDONLY); printf("%d %d", fd >= 0, errno); }
    return 0;
}
