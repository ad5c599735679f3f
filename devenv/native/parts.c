#include "parts.h"

#include <string.h>

const char *next_part(const char *path)
{
    for (;;) {
        while (*path == '/')
            path++;
        if (path[0] != '.' || (path[1] != '/' && path[1]))
            return path;
        path++;
    }
}

const char *below(const char *path, const char *folder)
{
    while (*folder) {
        if (*folder != '/') {
            if (*path++ != *folder++)
                return NULL;
            continue;
        }
        if (*path != '/')
            return NULL;
        path = next_part(path);
        folder++;
    }
    return *path && *path != '/' ? NULL : next_part(path);
}

size_t copy_plain_parts(char *to, const char *path)
{
    char *end = to;
    while (*(path = next_part(path))) {
        size_t length = strcspn(path, "/");
        *end++ = '/';
        memcpy(end, path, length);
        end += length;
        path += length;
    }
    *end = 0;
    return (size_t)(end - to);
}
