/* What the command line names of /etc.
 *
 * An argument names what begins at its first slash, and all below it: `/etc/x`,
 * `-f/etc/x`, `--file=/etc/x`, `@/etc/x`, and for `/etc` everything. A path that somebody
 * types later, or that a program makes of a relative one, is not known to be named.
 *
 * Only /etc: its files are what people edit. Below /usr programs hand the paths
 * that are compiled into them to each other as arguments (a compiler to its linker).
 */
#ifndef DEVENV_NAMED_H
#define DEVENV_NAMED_H

#include <stdbool.h>

/* Keep what the arguments name; called once, before main. They are copied, for
 * programs overwrite theirs with a title. What does not fit is not known. */
void remember_named(int count, char *const arguments[]);

bool is_named(const char *path);

#endif
