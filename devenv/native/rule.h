/* The one rule: which paths mean the tree's copy.
 *
 * An absolute path is taken from the tree if, and only if, all of this holds:
 *
 *   1. it lies below one of the folders that packages own (`owned`, in rule.c);
 *   2. it is neither one of the folders everybody shares (`shared`: listing
 *      /usr/bin, /usr/share or /etc means the host's), nor a file that says who and
 *      where this machine is, nor /bin/sh or /usr/bin/env (`of_the_host`);
 *   3. it has no `..` in it;
 *   4. it exists in the tree, under its merged-/usr name;
 *   5. it is not opened for writing: what is written, made, renamed or removed is
 *      the host's. A tree is made of files that are shared and must never change,
 *      and to root their modes mean nothing;
 *   6. it does not lie in /etc, named by the command line, with a file of that name
 *      on the host (named.h): who types `vim /etc/vim/vimrc` means this machine's,
 *      and will write that one.
 *
 * Everything else is passed on as it is: relative paths, /proc, /dev, /run, /tmp,
 * /home, and what the tree has not. So a path below /usr means the tree's copy if the
 * tree has one, whoever named it: that is what a program's compiled-in paths need,
 * and tools that are pointed at files of the host have no redirection at all
 * (devenv/data/relocation.toml). A set-uid program has none, either.
 *
 * A tree is never written, so nobody can come between a look and a use. What has
 * no `..` and begins with the tree's path stays in the tree, but for links that the
 * tree itself has to places of the host.
 */
#ifndef DEVENV_RULE_H
#define DEVENV_RULE_H

#include <stdbool.h>
#include <stddef.h>

/* How many bytes the tree's spelling of this path needs; 0 if it is passed on.
 * Rules 1, 2, 3 and 6; keeps errno. */
size_t redirect_room(const char *path);

/* Write the tree's spelling of a path that has room; return `to`. */
char *in_the_tree(const char *path, char *to);

/* Whether there is such a file; a link that leads nowhere is none. Keeps errno. */
bool is_there(const char *path);

/* The path to use instead: in `room` bytes of the caller's, or `path` itself.
 * Keeps errno. */
const char *redirected(const char *path, char *room_for_it, size_t room);

/* Whether a call with the tree's spelling failed, as errno tells, because the tree
 * has no such file. */
bool is_missing(const char *in_tree);

#endif
