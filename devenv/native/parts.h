/* Paths, part by part: `//` and `/./` are `/`. */
#ifndef DEVENV_PARTS_H
#define DEVENV_PARTS_H

#include <stddef.h>

/* Behind slashes and parts that are a dot; `path` begins a part, or a slash does. */
const char *next_part(const char *path);

/* What of `path` lies below `folder`, "" for the folder itself; NULL if it is not in
 * it. Both are absolute; `folder` is plain, without a slash at its end. */
const char *below(const char *path, const char *folder);

/* Write an absolute path plainly, without a slash at its end; return how long it is.
 * It needs no more room than `path`. */
size_t copy_plain_parts(char *to, const char *path);

#endif
