/* How a function of the C library is wrapped. */
#ifndef DEVENV_WRAP_H
#define DEVENV_WRAP_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "next.h"
#include "rule.h"

#define EXPORT __attribute__((visibility("default")))

/* Define `name`: like the next one, with `path` redirected to `to` if `when`. */
#define REDIRECT_WHEN(when, type, failure, name, parameters, ...)         \
    EXPORT type name parameters                                           \
    {                                                                     \
        __typeof__(type(*) parameters) next = find_next(NEXT_##name);     \
        if (!next) {                                                      \
            errno = ENOSYS;                                               \
            return failure;                                               \
        }                                                                 \
        size_t room = (when) ? redirect_room(path) : 0;                   \
        char room_for_it[room + 1];                                       \
        const char *to = redirected(path, room_for_it, room);             \
        return next(__VA_ARGS__);                                         \
    }
#define REDIRECT(...) REDIRECT_WHEN(true, __VA_ARGS__)

#endif
