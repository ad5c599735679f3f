#include "named.h"

#include <stddef.h>
#include <string.h>

#define FOLDER "/etc"

enum { ROOM = 8192 };

/* Paths, each with its end; an empty one is the last. */
static char named[ROOM];

static bool lies_in(const char *path, const char *folder, size_t length)
{
    return !strncmp(path, folder, length) && (!path[length] || path[length] == '/');
}

void remember_named(int count, char *const arguments[])
{
    size_t used = 0;
    for (int i = 1; i < count && arguments[i]; i++) {
        const char *path = strchr(arguments[i], '/');
        if (!path || !lies_in(path, FOLDER, strlen(FOLDER)))
            continue;
        size_t length = strlen(path);
        while (path[length - 1] == '/')
            length--;
        if (used + length + 2 > sizeof named)
            continue;
        memcpy(named + used, path, length);
        used += length + 1;
    }
}

bool is_named(const char *path)
{
    for (const char *one = named; *one;) {
        size_t length = strlen(one);
        if (lies_in(path, one, length))
            return true;
        one += length + 1;
    }
    return false;
}
