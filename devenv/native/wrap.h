/* How a function of the C library is wrapped. */
#ifndef DEVENV_WRAP_H
#define DEVENV_WRAP_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "next.h"
#include "rule.h"

#define EXPORT __attribute__((visibility("default")))

#define FIND_NEXT(failure, name, type, parameters)                        \
    __typeof__(type(*) parameters) next = find_next(NEXT_##name);         \
    if (!next) {                                                          \
        errno = ENOSYS;                                                   \
        return failure;                                                   \
    }

/* Define `name`: like the next one, with `path` redirected to `to` if `when`.
 *
 * It is called with the tree's spelling at once, and again with the path itself if the
 * tree has no such file. So a redirected call costs what the call costs, and a program
 * that forbids itself all other system calls (seccomp(2)) makes no other. For
 * functions that change nothing when they fail, and tell why by errno. */
#define TRY_WHEN(when, type, failure, name, parameters, ...)              \
    EXPORT type name parameters                                           \
    {                                                                     \
        FIND_NEXT(failure, name, type, parameters)                        \
        size_t room = (when) ? redirect_room(path) : 0;                   \
        if (room) {                                                       \
            char room_for_it[room];                                       \
            const char *to = in_the_tree(path, room_for_it);              \
            int saved = errno;                                            \
            type result = next(__VA_ARGS__);                              \
            if (result != failure || !is_missing(to))                     \
                return result;                                            \
            errno = saved;                                                \
        }                                                                 \
        const char *to = path;                                            \
        return next(__VA_ARGS__);                                         \
    }
#define TRY(...) TRY_WHEN(true, __VA_ARGS__)

/* The same, with a look before the call: for all others. */
#define REDIRECT_WHEN(when, type, failure, name, parameters, ...)         \
    EXPORT type name parameters                                           \
    {                                                                     \
        FIND_NEXT(failure, name, type, parameters)                        \
        size_t room = (when) ? redirect_room(path) : 0;                   \
        char room_for_it[room + 1];                                       \
        const char *to = redirected(path, room_for_it, room);             \
        return next(__VA_ARGS__);                                         \
    }
#define REDIRECT(...) REDIRECT_WHEN(true, __VA_ARGS__)

#endif
