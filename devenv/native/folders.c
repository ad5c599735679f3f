/* Folders: entered, listed, walked and searched; see redirect.c. */
#define _GNU_SOURCE
#include <dirent.h>
#include <glob.h>
#include <libintl.h>
#include <string.h>
#include <unistd.h>

#include "wrap.h"

/* Not from <sys/stat.h>, see redirect.c, nor from <fts.h>, which includes it. */
struct stat;
struct stat64;
struct FTW;
typedef struct fts FTS;
typedef struct fts64 FTS64;

TRY(int, -1, chdir, (const char *path), to)
TRY(DIR *, NULL, opendir, (const char *path), to)
REDIRECT(char *, NULL, bindtextdomain, (const char *domain, const char *path), domain, to)
#define SCAN(name, kind)                                                                  \
    REDIRECT(int, -1, name,                                                               \
             (const char *path, struct kind ***list, int (*filter)(const struct kind *),  \
              int (*compare)(const struct kind **, const struct kind **)),                \
             to, list, filter, compare)
SCAN(scandir, dirent)
SCAN(scandir64, dirent64)
#define SCAN_AT(name, kind)                                                               \
    REDIRECT(int, -1, name,                                                               \
             (int folder, const char *path, struct kind ***list,                          \
              int (*filter)(const struct kind *),                                         \
              int (*compare)(const struct kind **, const struct kind **)),                \
             folder, to, list, filter, compare)
SCAN_AT(scandirat, dirent)
SCAN_AT(scandirat64, dirent64)

/* Walks tell the tree's paths: they are made by the C library as it goes. */
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


/* Several folders at once. More room than this is not taken from the stack: the paths
 * behind it are walked where the host has them. */
enum { MOST_ROOM = 16384, MOST_PATHS = 1024 };

static size_t count_paths(char *const *paths, size_t *room)
{
    size_t count = 0;
    *room = 0;
    for (; paths[count]; count++)
        if (*room + redirect_room(paths[count]) <= MOST_ROOM)
            *room += redirect_room(paths[count]);
    return count;
}

static void redirect_all(char *const *paths, char **to, char *room_for_them, size_t room)
{
    for (; *paths; paths++, to++) {
        size_t needed = redirect_room(*paths);
        needed = needed <= room ? needed : 0;
        *to = (char *)redirected(*paths, room_for_them, needed);
        room_for_them += needed;
        room -= needed;
    }
    *to = NULL;
}

#define WALK_SEVERAL(name, type)                                                            \
    EXPORT type *name(char *const *paths, int options,                                      \
                      int (*compare)(const void **, const void **))                         \
    {                                                                                       \
        FIND_NEXT(NULL, name, type *,                                                       \
                  (char *const *, int, int (*)(const void **, const void **)))              \
        size_t room;                                                                        \
        size_t count = count_paths(paths, &room);                                           \
        if (!room || count > MOST_PATHS)                                                    \
            return next(paths, options, compare);                                           \
        char room_for_them[room + 1];                                                       \
        char *to[count + 1];                                                                \
        redirect_all(paths, to, room_for_them, room);                                       \
        return next(to, options, compare);                                                  \
    }
WALK_SEVERAL(fts_open, FTS)
WALK_SEVERAL(fts64_open, FTS64)

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

/* Take `added` bytes from the front of those results that begin with `folder`, so that
 * they read as the pattern asked for them. */
static void name_as_asked(char **results, size_t count, const char *folder, size_t added)
{
    size_t length = strlen(folder);
    for (size_t i = 0; i < count; i++)
        if (results[i] && !strncmp(results[i], folder, length))
            memmove(results[i], results[i] + added, strlen(results[i] + added) + 1);
}

#define GLOB(name, kind)                                                                    \
    EXPORT int name(const char *pattern, int flags, int (*failed)(const char *, int),       \
                    kind *found)                                                            \
    {                                                                                       \
        int (*next)(const char *, int, int (*)(const char *, int), kind *) =                \
            find_next(NEXT_##name);                                                         \
        if (!next)                                                                          \
            return GLOB_NOSYS;                                                              \
        size_t plain = plain_length(pattern);                                               \
        char folder[plain + 1];                                                             \
        memcpy(folder, pattern, plain);                                                     \
        folder[plain] = 0;                                                                  \
        size_t room = redirect_room(folder);                                                \
        char in_tree[room + 1];                                                             \
        if (redirected(folder, in_tree, room) != in_tree)                                   \
            return next(pattern, flags, failed, found);                                     \
        size_t length = strlen(in_tree);                                                    \
        char whole[length + strlen(pattern + plain) + 1];                                   \
        memcpy(whole, in_tree, length);                                                     \
        strcpy(whole + length, pattern + plain);                                            \
        int failure = next(whole, flags, failed, found);                                    \
        if (!failure)                                                                       \
            name_as_asked(found->gl_pathv + (flags & GLOB_DOOFFS ? found->gl_offs : 0),     \
                          found->gl_pathc, in_tree, length - plain);                        \
        return failure;                                                                     \
    }
GLOB(glob, glob_t)
GLOB(glob64, glob64_t)
