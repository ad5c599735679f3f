/* libdevenv-redirect.so: a program of a tree finds the files that were compiled
 * into it as absolute paths.
 *
 * Relocated programs need this library by DT_NEEDED, in front of the C library, so
 * that the functions below are called in place of the C library's. Nothing else
 * does: it is not in LD_PRELOAD, and no program of the host ever sees it. Which
 * paths are redirected is decided in rule.h, and nowhere else.
 *
 * What is promised: no allocation, no lock, errno as the C library leaves it. It
 * works before main, and in the child of a vfork. A path costs no system call more if
 * the tree has it, one that fails if it only might have it, and a few comparisons
 * otherwise.
 *
 * Every public function of the C library is accounted for in
 * tests/data/c_library/functions.toml, with the reason why one that takes a path is
 * left to the host. Out of reach are static programs, raw system calls, and what the
 * C library opens by itself (locales, iconv, time zones, name services, the shell of
 * system and popen).
 *
 * This file has what opens and describes files; folders.c and programs.c the rest.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <nl_types.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "wrap.h"

/* Not from <sys/stat.h>: what the headers make of these names depends on the C
 * library's version, and this one library serves them all. */
struct stat;
struct stat64;
struct statx;
struct file_handle;

/* <linux/openat2.h>, which is newer than the oldest C library. */
struct open_how {
    uint64_t flags, mode, resolve;
};
/* The same on every machine. */
enum { SYS_OPENAT2 = 437 };
enum { RESOLVE_NO_MAGICLINKS = 2, RESOLVE_NO_SYMLINKS = 4, RESOLVE_CACHED = 32 };

static bool opens_for_reading(int flags)
{
    return (flags & O_ACCMODE) == O_RDONLY && !(flags & (O_CREAT | O_TRUNC));
}

static bool streams_for_reading(const char *mode)
{
    char first = mode[strcspn(mode, "wa+,")];
    return !first || first == ',';
}

/* open(2). The mode is passed on whether it was given or not: reading a variable
 * argument that is not there yields a value nobody looks at. */
#define OPEN(name)                                                                  \
    EXPORT int name(const char *path, int flags, ...)                               \
    {                                                                               \
        va_list rest;                                                               \
        va_start(rest, flags);                                                      \
        mode_t mode = va_arg(rest, mode_t);                                         \
        va_end(rest);                                                               \
        return open_next(find_next(NEXT_##name), path, flags, mode);                \
    }
#define OPEN_AT(name)                                                               \
    EXPORT int name(int folder, const char *path, int flags, ...)                   \
    {                                                                               \
        va_list rest;                                                               \
        va_start(rest, flags);                                                      \
        mode_t mode = va_arg(rest, mode_t);                                         \
        va_end(rest);                                                               \
        return open_at_next(find_next(NEXT_##name), folder, path, flags, mode);     \
    }

static int open_next(int (*next)(const char *, int, ...), const char *path, int flags, mode_t mode)
{
    if (!next) {
        errno = ENOSYS;
        return -1;
    }
    size_t room = opens_for_reading(flags) ? redirect_room(path) : 0;
    if (room) {
        char room_for_it[room];
        const char *to = in_the_tree(path, room_for_it);
        int saved = errno;
        int file = next(to, flags, mode);
        if (file >= 0 || !is_missing(to))
            return file;
        errno = saved;
    }
    return next(path, flags, mode);
}

static int open_at_next(int (*next)(int, const char *, int, ...), int folder, const char *path,
                        int flags, mode_t mode)
{
    if (!next) {
        errno = ENOSYS;
        return -1;
    }
    size_t room = opens_for_reading(flags) ? redirect_room(path) : 0;
    if (room) {
        char room_for_it[room];
        const char *to = in_the_tree(path, room_for_it);
        int saved = errno;
        int file = next(folder, to, flags, mode);
        if (file >= 0 || !is_missing(to))
            return file;
        errno = saved;
    }
    return next(folder, path, flags, mode);
}

OPEN(__open)
OPEN(__open64)
OPEN(open)
OPEN(open64)
OPEN_AT(openat)
OPEN_AT(openat64)
#define OPEN_CHECKED(name) \
    TRY_WHEN(opens_for_reading(flags), int, -1, name, (const char *path, int flags), to, flags)
OPEN_CHECKED(__open_2)
OPEN_CHECKED(__open64_2)
#define OPEN_AT_CHECKED(name)                                                                \
    TRY_WHEN(opens_for_reading(flags), int, -1, name, (int folder, const char *path, int flags), \
                  folder, to, flags)
OPEN_AT_CHECKED(__openat_2)
OPEN_AT_CHECKED(__openat64_2)

/* What else is asked of the way to the file would not hold for the way to the tree. */
static bool is_plain(const struct open_how *how, size_t size)
{
    const uint64_t indifferent = RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_CACHED;
    return how && size >= sizeof *how && !(how->resolve & ~indifferent) &&
           opens_for_reading((int)how->flags);
}

static int open_how_next(int folder, const char *path, struct open_how *how, size_t size)
{
    int (*next)(int, const char *, struct open_how *, size_t) = find_next(NEXT_openat2);
    return next ? next(folder, path, how, size)
                : (int)syscall(SYS_OPENAT2, folder, path, how, size);
}

EXPORT int openat2(int folder, const char *path, struct open_how *how, size_t size)
{
    size_t room = is_plain(how, size) ? redirect_room(path) : 0;
    if (room) {
        char room_for_it[room];
        const char *to = in_the_tree(path, room_for_it);
        int saved = errno;
        int file = open_how_next(folder, to, how, size);
        if (file >= 0 || !is_missing(to))
            return file;
        errno = saved;
    }
    return open_how_next(folder, path, how, size);
}

#define STREAM(name)                                                                            \
    TRY_WHEN(streams_for_reading(mode), FILE *, NULL, name, (const char *path, const char *mode), \
                  to, mode)
STREAM(fopen)
STREAM(fopen64)
STREAM(_IO_fopen)
/* It closes the stream, whether it can open the file or not. */
#define STREAM_AGAIN(name)                                              \
    REDIRECT_WHEN(streams_for_reading(mode), FILE *, NULL, name,        \
                  (const char *path, const char *mode, FILE *stream), to, mode, stream)
STREAM_AGAIN(freopen)
STREAM_AGAIN(freopen64)

/* What is there. */
TRY(int, -1, stat, (const char *path, struct stat *found), to, found)
TRY(int, -1, stat64, (const char *path, struct stat64 *found), to, found)
TRY(int, -1, lstat, (const char *path, struct stat *found), to, found)
TRY(int, -1, lstat64, (const char *path, struct stat64 *found), to, found)
#define STAT_AT(name, kind)                                                                  \
    TRY(int, -1, name, (int folder, const char *path, struct kind *found, int flags), folder, \
             to, found, flags)
STAT_AT(fstatat, stat)
STAT_AT(fstatat64, stat64)
TRY(int, -1, statx,
         (int folder, const char *path, int flags, unsigned mask, struct statx *found), folder, to,
         flags, mask, found)
/* Their names up to glibc 2.32. */
TRY(int, -1, __xstat, (int version, const char *path, struct stat *found), version, to, found)
TRY(int, -1, __xstat64, (int version, const char *path, struct stat64 *found), version, to,
         found)
TRY(int, -1, __lxstat, (int version, const char *path, struct stat *found), version, to, found)
TRY(int, -1, __lxstat64, (int version, const char *path, struct stat64 *found), version, to,
         found)
#define STAT_AT_OLD(name, kind)                                                                \
    TRY(int, -1, name,                                                                    \
             (int version, int folder, const char *path, struct kind *found, int flags), version, \
             folder, to, found, flags)
STAT_AT_OLD(__fxstatat, stat)
STAT_AT_OLD(__fxstatat64, stat64)

#define ACCESS(name) \
    TRY_WHEN(!(mode & W_OK), int, -1, name, (const char *path, int mode), to, mode)
ACCESS(access)
ACCESS(eaccess)
ACCESS(euidaccess)
TRY_WHEN(!(mode & W_OK), int, -1, faccessat,
              (int folder, const char *path, int mode, int flags), folder, to, mode, flags)

TRY(ssize_t, -1, readlink, (const char *path, char *target, size_t size), to, target, size)
TRY(ssize_t, -1, __readlink_chk, (const char *path, char *target, size_t size, size_t limit),
         to, target, size, limit)
TRY(ssize_t, -1, readlinkat, (int folder, const char *path, char *target, size_t size), folder,
         to, target, size)
TRY(ssize_t, -1, __readlinkat_chk,
         (int folder, const char *path, char *target, size_t size, size_t limit), folder, to,
         target, size, limit)
TRY(char *, NULL, realpath, (const char *path, char *resolved), to, resolved)
TRY(char *, NULL, __realpath_chk, (const char *path, char *resolved, size_t limit), to,
         resolved, limit)
TRY(char *, NULL, canonicalize_file_name, (const char *path), to)
TRY(ssize_t, -1, getxattr, (const char *path, const char *name, void *value, size_t size), to,
         name, value, size)
TRY(ssize_t, -1, lgetxattr, (const char *path, const char *name, void *value, size_t size),
         to, name, value, size)
TRY(ssize_t, -1, listxattr, (const char *path, char *list, size_t size), to, list, size)
TRY(ssize_t, -1, llistxattr, (const char *path, char *list, size_t size), to, list, size)
TRY(int, -1, statfs, (const char *path, struct statfs *found), to, found)
TRY(int, -1, __statfs, (const char *path, struct statfs *found), to, found)
TRY(int, -1, statfs64, (const char *path, struct statfs64 *found), to, found)
TRY(int, -1, statvfs, (const char *path, struct statvfs *found), to, found)
TRY(int, -1, statvfs64, (const char *path, struct statvfs64 *found), to, found)
/* No limit is -1, too, without an errno. */
REDIRECT(long, -1, pathconf, (const char *path, int name), to, name)
TRY(int, -1, inotify_add_watch, (int watcher, const char *path, uint32_t mask), watcher, to,
         mask)
TRY(int, -1, name_to_handle_at,
    (int folder, const char *path, struct file_handle *handle, int *mount, int flags), folder, to,
    handle, mount, flags)
TRY(key_t, -1, ftok, (const char *path, int project), to, project)
TRY(nl_catd, (nl_catd)-1, catopen, (const char *path, int flags), to, flags)
