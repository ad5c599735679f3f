#include "named.h"

#include <stddef.h>
#include <string.h>

#include "parts.h"

#define FOLDER "/etc"

enum { ROOM = 8192 };

/* Paths, each with its end; an empty one is the last. */
static char named[ROOM];

/* Where a path begins that an argument hands over, NULL if it has none. */
static const char *path_in(const char *argument)
{
    const char *path = strchr(argument, '/');
    if (!path || path == argument)
        return path;
    char before = path[-1];
    bool is_letter_of_option = argument[0] == '-' && path == argument + 2;
    return before == '=' || before == '@' || is_letter_of_option ? path : NULL;
}

void remember_named(int count, char *const arguments[])
{
    size_t used = 0;
    for (int i = 1; i < count && arguments[i]; i++) {
        const char *path = path_in(arguments[i]);
        if (path && below(path, FOLDER) && used + strlen(path) + 2 <= sizeof named)
            used += copy_plain_parts(named + used, path) + 1;
    }
}

bool is_named(const char *path)
{
    for (const char *one = named; *one; one += strlen(one) + 1)
        if (below(path, one))
            return true;
    return false;
}
