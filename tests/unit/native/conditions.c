/* One job a mode, under conditions that are hard for a library in between. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_OF_THE_TREE "/usr/share/devenv-test-of-redirection/file"

static const char *of_the_tree = FILE_OF_THE_TREE;
static int early = -2;

/* Runs before those of the libraries that the program needs are of any help. */
static void before_all(void) { early = open(FILE_OF_THE_TREE, O_RDONLY); }
__attribute__((section(".preinit_array"), used)) static void (*first)(void) = before_all;

static int reads(void)
{
    char text[20] = "";
    int file = open(of_the_tree, O_RDONLY | O_CLOEXEC);
    ssize_t size = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0)
        close(file);
    return size > 0 && !strcmp(text, "of the tree\n");
}
static void say(int fine) { printf("%s\n", fine ? "fine" : strerror(errno)); }

/* Allocations are counted: by the program's own functions, which come first. */
static volatile long allocations;
static char arena[1 << 20];
static size_t used;
#ifdef COUNT_ALLOCATIONS
void *malloc(size_t size)
{
    allocations++;
    used = (used + 15) & ~(size_t)15;
    void *result = arena + used;
    used += size;
    return used > sizeof arena ? NULL : result;
}
void free(void *block) {}
void *calloc(size_t count, size_t size) { return malloc(count * size); }
void *realloc(void *block, size_t size) { return malloc(size); }
#endif

static volatile sig_atomic_t handled;
static void handle(int signal) { handled += reads(); }

static void *read_often(void *count)
{
    for (long i = 0; i < *(long *)count; i++)
        if (!reads())
            return "failed";
    return NULL;
}

static int in_threads(long count, int forks)
{
    pthread_t threads[4];
    int fine = 1;
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, read_often, &count);
    for (int i = 0; i < forks; i++) {
        pid_t child = fork();
        if (!child)
            _exit(!reads() || access(FILE_OF_THE_TREE, R_OK));
        int status;
        waitpid(child, &status, 0);
        fine = fine && !status;
    }
    for (int i = 0; i < 4; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        fine = fine && !failed;
    }
    return fine;
}

static void forbid(unsigned call, unsigned action)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, action),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        _exit(77);
}

#define IS(name) if (!strcmp(argv[1], name))

int main(int argc, char **argv)
{
    struct stat found;
    setvbuf(stdout, NULL, _IONBF, 0);
    IS("before main") say(early >= 0);
    IS("signal handler") {
        struct sigaction action = {.sa_handler = handle};
        sigaction(SIGUSR1, &action, NULL);
        raise(SIGUSR1);
        say(handled == 1);
    }
    IS("small signal stack") {
        static char stack[8192];
        stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
        struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};
        sigaltstack(&other, NULL);
        sigaction(SIGUSR1, &action, NULL);
        raise(SIGUSR1);
        say(handled == 1);
    }
    IS("no allocation") {
        char target[4096];
        long before = allocations;
        int fine = reads() && !stat(FILE_OF_THE_TREE, &found) && !access(FILE_OF_THE_TREE, R_OK);
        fine = fine && readlink(FILE_OF_THE_TREE, target, sizeof target) < 0 && errno == EINVAL;
        fine = fine && open("/usr/share/none", O_RDONLY) < 0 && errno == ENOENT;
        say(fine && allocations == before);
    }
    IS("threads") say(in_threads(2000, 0));
    IS("threads and forks") say(in_threads(500, 50));
    IS("closed descriptors") {
        syscall(436, 3u, ~0u, 0u); /* close_range(2); an older kernel closes none */
        for (int file = 3; file < 100; file++)
            close(file);
        say(reads());
    }
    IS("no environment") {
        clearenv();
        say(reads());
    }
    IS("overwritten arguments") {
        for (int i = 1; i < argc; i++)
            memset(argv[i], 'x', strlen(argv[i]));
        say(reads());
        return 0;
    }
    IS("faccessat is denied") {
        forbid(SYS_faccessat, SECCOMP_RET_ERRNO | EPERM);
        errno = 0;
        say(reads() && errno == 0 && !stat(FILE_OF_THE_TREE, &found));
    }
    IS("faccessat is deadly") {
        forbid(SYS_faccessat, SECCOMP_RET_KILL_PROCESS);
        say(reads() && !stat(FILE_OF_THE_TREE, &found) && open("/usr/share/none", O_RDONLY) < 0);
    }
    IS("openat is denied") {
        forbid(SYS_openat, SECCOMP_RET_ERRNO | EPERM);
        say(open(FILE_OF_THE_TREE, O_RDONLY) >= 0);
    }
    IS("own program") {
        char target[4096] = "";
        readlink("/proc/self/exe", target, sizeof target - 1);
        printf("%s\n", target);
    }
    IS("root folder") {
        if (chroot(argv[2]) || chdir("/"))
            _exit(77);
        say(open("/etc/devenv-test-of-redirection/file", O_RDONLY) >= 0);
    }
    IS("rights of another") say(reads());
    return 0;
}
