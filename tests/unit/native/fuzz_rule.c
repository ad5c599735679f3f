/* Reads paths, each with its NUL, and writes what the rule makes of them: the same
 * path, or the tree's. Arguments are what a command line names. Built with sanitizers,
 * around buffers that have not one byte to spare. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "named.h"
#include "next.h"
#include "rule.h"

static const char *own_path;
const char *find_own_path(void) { return own_path; }

int main(int argc, char **argv)
{
    char *path = NULL;
    size_t size = 0;
    own_path = argv[0];
    remember_named(argc, argv);
    for (ssize_t length; (length = getdelim(&path, &size, 0, stdin)) > 0;) {
        char *exact = malloc((size_t)length);
        memcpy(exact, path, (size_t)length);
        errno = 77;
        size_t room = redirect_room(exact);
        char *room_for_it = malloc(room);
        const char *to = redirected(exact, room_for_it, room);
        if (errno != 77 || (room && strlen(room_for_it) + 1 != room))
            abort();
        fwrite(to, 1, strlen(to) + 1, stdout);
        free(room_for_it);
        free(exact);
    }
    free(path);
    return 0;
}
