/* The one rule: which paths mean the tree's copy.
 *
 * An absolute path is taken from the tree if, and only if, all of this holds:
 *
 *   1. it lies below one of the folders that packages own (`owned`, below);
 *   2. it is neither one of the folders everybody shares (`shared`: listing
 *      /usr/bin means the host's), nor a file that says who and where this
 *      machine is, nor /bin/sh or /usr/bin/env (`of_the_host`);
 *   3. it has no `..` in it;
 *   4. it exists in the tree, under its merged-/usr name;
 *   5. it is not opened for writing: what is written is the host's. A tree is
 *      made of files that are shared and must never change, and to root their
 *      modes mean nothing.
 *
 * Everything else is passed on as it is. So a path means the tree's copy if the
 * tree has one, whoever named it: that is what a program's compiled-in paths
 * need, and the price is that a path typed by the user is read that way too.
 */
#ifndef DEVENV_RULE_H
#define DEVENV_RULE_H

#include <stddef.h>

/* How many bytes `redirected` needs for this path; 0 if it is passed on. */
size_t redirect_room(const char *path);

/* The path to use instead: in `room` bytes of the caller's, or `path` itself.
 * Keeps errno. */
const char *redirected(const char *path, char *room_for_it, size_t room);

/* Find the tree; safe to call again. */
void redirect_init(void);

#endif
