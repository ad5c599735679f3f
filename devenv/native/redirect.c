/* libdevenv-redirect.so: a program of a tree finds the files that were compiled
 * into it as absolute paths.
 *
 * Relocated programs need this library by DT_NEEDED, in front of the C library, so
 * that the functions below are called in place of the C library's. Nothing else
 * does: it is not in LD_PRELOAD, and no program of the host ever sees it. Which
 * paths are redirected is decided in rule.h, and nowhere else.
 *
 * What is promised: no allocation, no lock, errno as the C library leaves it. It
 * works before main, and in the child of a vfork. A path costs one faccessat(2) if
 * it lies where packages lie, and a few comparisons otherwise.
 *
 * Left to the host on purpose: whatever creates, changes or removes a file (mkdir,
 * unlink, rename, chmod, truncate ..., and opening for writing).
 * Out of reach: static programs, raw system calls, and what the C library does by
 * itself (locales, iconv, name services, the shell of system and popen). Not yet:
 * fts_open, connect and bind of sockets with a name.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <libintl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "wrap.h"

/* Not from <sys/stat.h>: what the headers make of these names depends on the C
 * library's version, and this one library serves them all. */
struct stat;
struct stat64;
struct statx;
struct FTW;

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
    char room_for_it[room + 1];
    return next(redirected(path, room_for_it, room), flags, mode);
}

static int open_at_next(int (*next)(int, const char *, int, ...), int folder, const char *path,
                        int flags, mode_t mode)
{
    if (!next) {
        errno = ENOSYS;
        return -1;
    }
    size_t room = opens_for_reading(flags) ? redirect_room(path) : 0;
    char room_for_it[room + 1];
    return next(folder, redirected(path, room_for_it, room), flags, mode);
}

OPEN(open)
OPEN(open64)
OPEN_AT(openat)
OPEN_AT(openat64)
#define OPEN_CHECKED(name) \
    REDIRECT_WHEN(opens_for_reading(flags), int, -1, name, (const char *path, int flags), to, flags)
OPEN_CHECKED(__open_2)
OPEN_CHECKED(__open64_2)
#define OPEN_AT_CHECKED(name)                                                                \
    REDIRECT_WHEN(opens_for_reading(flags), int, -1, name, (int folder, const char *path, int flags), \
                  folder, to, flags)
OPEN_AT_CHECKED(__openat_2)
OPEN_AT_CHECKED(__openat64_2)

#define STREAM(name)                                                                            \
    REDIRECT_WHEN(streams_for_reading(mode), FILE *, NULL, name, (const char *path, const char *mode), \
                  to, mode)
STREAM(fopen)
STREAM(fopen64)
#define STREAM_AGAIN(name)                                              \
    REDIRECT_WHEN(streams_for_reading(mode), FILE *, NULL, name,        \
                  (const char *path, const char *mode, FILE *stream), to, mode, stream)
STREAM_AGAIN(freopen)
STREAM_AGAIN(freopen64)

/* What is there. */
REDIRECT(int, -1, stat, (const char *path, struct stat *found), to, found)
REDIRECT(int, -1, stat64, (const char *path, struct stat64 *found), to, found)
REDIRECT(int, -1, lstat, (const char *path, struct stat *found), to, found)
REDIRECT(int, -1, lstat64, (const char *path, struct stat64 *found), to, found)
#define STAT_AT(name, kind)                                                                  \
    REDIRECT(int, -1, name, (int folder, const char *path, struct kind *found, int flags), folder, \
             to, found, flags)
STAT_AT(fstatat, stat)
STAT_AT(fstatat64, stat64)
REDIRECT(int, -1, statx,
         (int folder, const char *path, int flags, unsigned mask, struct statx *found), folder, to,
         flags, mask, found)
/* Their names up to glibc 2.32. */
REDIRECT(int, -1, __xstat, (int version, const char *path, struct stat *found), version, to, found)
REDIRECT(int, -1, __xstat64, (int version, const char *path, struct stat64 *found), version, to,
         found)
REDIRECT(int, -1, __lxstat, (int version, const char *path, struct stat *found), version, to, found)
REDIRECT(int, -1, __lxstat64, (int version, const char *path, struct stat64 *found), version, to,
         found)
#define STAT_AT_OLD(name, kind)                                                                \
    REDIRECT(int, -1, name,                                                                    \
             (int version, int folder, const char *path, struct kind *found, int flags), version, \
             folder, to, found, flags)
STAT_AT_OLD(__fxstatat, stat)
STAT_AT_OLD(__fxstatat64, stat64)

#define ACCESS(name) \
    REDIRECT_WHEN(!(mode & W_OK), int, -1, name, (const char *path, int mode), to, mode)
ACCESS(access)
ACCESS(eaccess)
ACCESS(euidaccess)
REDIRECT_WHEN(!(mode & W_OK), int, -1, faccessat,
              (int folder, const char *path, int mode, int flags), folder, to, mode, flags)

REDIRECT(ssize_t, -1, readlink, (const char *path, char *target, size_t size), to, target, size)
REDIRECT(ssize_t, -1, __readlink_chk, (const char *path, char *target, size_t size, size_t limit),
         to, target, size, limit)
REDIRECT(ssize_t, -1, readlinkat, (int folder, const char *path, char *target, size_t size), folder,
         to, target, size)
REDIRECT(ssize_t, -1, __readlinkat_chk,
         (int folder, const char *path, char *target, size_t size, size_t limit), folder, to,
         target, size, limit)
REDIRECT(char *, NULL, realpath, (const char *path, char *resolved), to, resolved)
REDIRECT(char *, NULL, __realpath_chk, (const char *path, char *resolved, size_t limit), to,
         resolved, limit)
REDIRECT(char *, NULL, canonicalize_file_name, (const char *path), to)
REDIRECT(ssize_t, -1, getxattr, (const char *path, const char *name, void *value, size_t size), to,
         name, value, size)
REDIRECT(ssize_t, -1, lgetxattr, (const char *path, const char *name, void *value, size_t size),
         to, name, value, size)
REDIRECT(ssize_t, -1, listxattr, (const char *path, char *list, size_t size), to, list, size)
REDIRECT(ssize_t, -1, llistxattr, (const char *path, char *list, size_t size), to, list, size)
REDIRECT(int, -1, statfs, (const char *path, struct statfs *found), to, found)
REDIRECT(int, -1, statfs64, (const char *path, struct statfs64 *found), to, found)
REDIRECT(int, -1, statvfs, (const char *path, struct statvfs *found), to, found)
REDIRECT(int, -1, statvfs64, (const char *path, struct statvfs64 *found), to, found)
REDIRECT(long, -1, pathconf, (const char *path, int name), to, name)
REDIRECT(int, -1, inotify_add_watch, (int watcher, const char *path, uint32_t mask), watcher, to,
         mask)

/* Folders. */
REDIRECT(int, -1, chdir, (const char *path), to)
REDIRECT(DIR *, NULL, opendir, (const char *path), to)
REDIRECT(char *, NULL, bindtextdomain, (const char *domain, const char *path), domain, to)
#define SCAN(name, kind)                                                                  \
    REDIRECT(int, -1, name,                                                               \
             (const char *path, struct kind ***list, int (*filter)(const struct kind *),  \
              int (*compare)(const struct kind **, const struct kind **)),                \
             to, list, filter, compare)
SCAN(scandir, dirent)
SCAN(scandir64, dirent64)
#define WALK(name, kind)                                                                       \
    REDIRECT(int, -1, name,                                                                    \
             (const char *path, int (*visit)(const char *, const struct kind *, int), int open_limit), \
             to, visit, open_limit)
WALK(ftw, stat)
WALK(ftw64, stat64)
#define WALK_NEW(name, kind)                                                                   \
    REDIRECT(int, -1, name,                                                                    \
             (const char *path, int (*visit)(const char *, const struct kind *, int, struct FTW *), \
              int open_limit, int flags),                                                      \
             to, visit, open_limit, flags)
WALK_NEW(nftw, stat)
WALK_NEW(nftw64, stat64)

/* The part of a pattern in front of its first wildcard, up to a slash, is a path. */
static size_t plain_length(const char *pattern)
{
    size_t plain = strcspn(pattern, "*?[{\\");
    if (!pattern[plain])
        return plain;
    while (plain > 0 && pattern[plain] != '/')
        plain--;
    return plain;
}

static int glob_next(int (*next)(const char *, int, int (*)(const char *, int), void *),
                     const char *pattern, int flags, int (*failed)(const char *, int), void *found)
{
    if (!next)
        return GLOB_NOSYS;
    size_t plain = plain_length(pattern);
    char folder[plain + 1];
    memcpy(folder, pattern, plain);
    folder[plain] = 0;
    size_t room = redirect_room(folder);
    char whole[room + strlen(pattern) + 1];
    if (redirected(folder, whole, room) != whole)
        return next(pattern, flags, failed, found);
    strcat(whole, pattern + plain);
    return next(whole, flags, failed, found);
}

EXPORT int glob(const char *pattern, int flags, int (*failed)(const char *, int), glob_t *found)
{
    return glob_next(find_next(NEXT_glob), pattern, flags, failed, found);
}

EXPORT int glob64(const char *pattern, int flags, int (*failed)(const char *, int), glob64_t *found)
{
    return glob_next(find_next(NEXT_glob64), pattern, flags, failed, found);
}
