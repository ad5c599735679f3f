#define _GNU_SOURCE
#include "rule.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "named.h"
#include "next.h"
#include "parts.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))
#define LIBRARIES "/usr/lib/"

enum { LONGEST = 4096, LONGEST_LISTED = 20 };

/* No pointers in these lists: they would have to be relocated in every program. */
struct owned {
    char folder[9];
    char merged[5]; /* what stands in front of it in a merged-/usr tree */
};

static const struct owned owned[] = {
    {"/usr", ""},     {"/etc", ""},      {"/var/lib", ""}, {"/opt", ""},
    {"/bin", "/usr"}, {"/sbin", "/usr"}, {"/lib", "/usr"}, {"/lib64", "/usr"},
};

/* What rule 1 leaves out by itself is not repeated. */
static const char shared[][LONGEST_LISTED] = {
    "/usr/bin",   "/usr/sbin",  "/usr/lib",     "/usr/lib64", "/usr/libexec",
    "/usr/share", "/usr/local", "/usr/include", "/usr/src",   "/usr/games",
};

static const char of_the_host[][LONGEST_LISTED] = {
    "/bin/sh",           "/usr/bin/sh",        "/bin/env",
    "/usr/bin/env",
    /* `test -f /bin/bash`, and the answer becomes an interpreter line. */
    "/bin/bash",         "/usr/bin/bash",
    "/etc/passwd",       "/etc/group",         "/etc/shadow",
    "/etc/gshadow",      "/etc/hosts",         "/etc/hostname",
    "/etc/resolv.conf",  "/etc/nsswitch.conf", "/etc/machine-id",
    "/etc/localtime",    "/etc/timezone",      "/etc/fstab",
    "/etc/mtab",         "/etc/ld.so.cache",   "/etc/ld.so.preload",
};

/* The tree's path without a trailing slash. It is written once, before its
 * length is published; 0 means not known yet, NOT_IN_A_TREE what it says. */
static char root[LONGEST];
static size_t root_length;
static const size_t NOT_IN_A_TREE = (size_t)-1;

/* Copy an absolute path without its `.` and `..`. The loader spells our own path as
 * <folder of the program>/../lib/..., and that folder is a real path. */
static bool copy_plain(char *to, const char *from)
{
    char *end = to;
    if (*from != '/' || strlen(from) >= LONGEST)
        return false;
    while (*from) {
        size_t slashes = strspn(from, "/");
        const char *name = from + slashes;
        size_t length = strcspn(name, "/");
        from = name + length;
        if (length == 2 && name[0] == '.' && name[1] == '.') {
            while (end > to && *--end != '/')
                ;
        } else if (length && !(length == 1 && name[0] == '.')) {
            *end++ = '/';
            memcpy(end, name, length);
            end += length;
        }
    }
    *end = 0;
    return true;
}

/* Return how long the part of our own path is that names the tree. */
static size_t find_root(char *to)
{
    const char *own = find_own_path();
    if (!own || !copy_plain(to, own))
        return NOT_IN_A_TREE;
    char *last = NULL;
    for (char *next = to; (next = strstr(next, LIBRARIES)); next++)
        last = next;
    return last && last > to ? (size_t)(last - to) : NOT_IN_A_TREE;
}

/* Return how long the tree's path is. It is found when it is first asked for: most
 * programs that end soon never do. */
static size_t known_root_length(void)
{
    size_t length = __atomic_load_n(&root_length, __ATOMIC_ACQUIRE);
    if (length)
        return length;
    /* Two threads may come here at once: each finds the same, and writes the same
     * bytes. */
    int saved = errno;
    length = getauxval(AT_SECURE) ? NOT_IN_A_TREE : find_root(root);
    __atomic_store_n(&root_length, length, __ATOMIC_RELEASE);
    errno = saved;
    return length;
}

static bool is_listed(const char (*list)[LONGEST_LISTED], size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++) {
        const char *rest = below(path, list[i]);
        if (rest && !*rest)
            return true;
    }
    return false;
}

static const struct owned *owner_of(const char *path)
{
    for (size_t i = 0; i < LENGTH(owned); i++) {
        const char *rest = below(path, owned[i].folder);
        if (rest)
            return *rest ? &owned[i] : NULL;
    }
    return NULL;
}

size_t redirect_room(const char *path)
{
    if (!path || path[0] != '/')
        return 0;
    const struct owned *owner = owner_of(path);
    if (!owner || is_listed(shared, LENGTH(shared), path) ||
        is_listed(of_the_host, LENGTH(of_the_host), path))
        return 0;
    for (const char *up = path; (up = strstr(up, "/..")); up += 3)
        if (up[3] == '/' || !up[3])
            return 0;
    size_t known = known_root_length();
    size_t room = known + strlen(owner->merged) + strlen(path) + 1;
    if (known == NOT_IN_A_TREE || room > LONGEST)
        return 0;
    return is_named(path) && is_there(path) ? 0 : room;
}

char *in_the_tree(const char *path, char *to)
{
    const char *merged = owner_of(path)->merged;
    char *end = to;
    memcpy(end, root, root_length);
    end += root_length;
    memcpy(end, merged, strlen(merged));
    end += strlen(merged);
    strcpy(end, path);
    return to;
}

bool is_there(const char *path)
{
    int saved = errno;
    long missing = syscall(SYS_faccessat, AT_FDCWD, path, F_OK);
    errno = saved;
    return !missing;
}

const char *redirected(const char *path, char *room_for_it, size_t room)
{
    return room && is_there(in_the_tree(path, room_for_it)) ? room_for_it : path;
}

bool is_missing(const char *in_tree)
{
    /* ENOTDIR: there is a file where the path has a folder, or it is a file itself
     * and a folder was asked for. */
    return errno == ENOENT || (errno == ENOTDIR && !is_there(in_tree));
}
