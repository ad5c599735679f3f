/* Removing trees, as devenv/host/files.py does it and tells why.
 *
 * Everything is named from the open folder that holds it, and no link is followed. What
 * is not simple is left to Python: the number of the first error is returned, and
 * nothing says what else would have failed.
 */
#include "walk.h"

enum {
    OWN_RIGHTS = 0700,
    OVER = -1,
};

struct removal {
    uint64_t at;          /* in the names: where the next one begins */
    uint64_t freed_bytes; /* added to */
    uint64_t budget;      /* how many more entries may be removed */
};

/* Open a folder, with the right to empty it. */
static long open_to_empty(int folder, const char *name, struct level *level)
{
    struct stat found;
    long descriptor = open_at(folder, name, OPEN_FOLDER);
    if (descriptor < 0)
        return descriptor;
    long error = look_through(descriptor, &found);
    if (!error && (found.st_mode & OWN_RIGHTS) != OWN_RIGHTS)
        error = change_mode(descriptor, OWN_RIGHTS);
    if (error) {
        close_it(descriptor);
        return error;
    }
    begin(level, descriptor, found.st_blocks);
    return 0;
}

static int is_no_folder(long error)
{
    return error == -ENOTDIR || error == -ELOOP;
}

static long remove_file(int folder, const char *name, struct removal *removal)
{
    struct stat found;
    long error = look_at(folder, name, &found);
    if (!error)
        error = unlink_at(folder, name, 0);
    if (error)
        return error == -ENOENT ? 0 : error;
    if (found.st_nlink == 1)
        removal->freed_bytes += (uint64_t)found.st_blocks * BLOCK_BYTES;
    removal->budget--;
    return 0;
}

static int is_folder(int folder, const struct entry *entry)
{
    struct stat found;
    if (entry->kind != KIND_UNKNOWN)
        return entry->kind == KIND_FOLDER;
    return !look_at(folder, entry->name, &found) && S_ISDIR(found.st_mode);
}

/* Remove what is in the folder open at the first level, and below it. */
static long empty(struct level *levels, uint32_t count, struct removal *removal)
{
    uint32_t depth = 0;
    long error = 0;
    for (;;) {
        struct level *level = levels + depth;
        const struct entry *entry = next_entry(level, &error);
        if (!error && entry && !removal->budget)
            error = OVER;
        if (error)
            break;
        if (entry && !is_folder(level->descriptor, entry)) {
            error = remove_file(level->descriptor, entry->name, removal);
        } else if (entry) {
            if (depth + 1 == count) {
                error = -ENAMETOOLONG;
                break;
            }
            error = open_to_empty(level->descriptor, entry->name, level + 1);
            if (!error)
                depth++;
            else if (is_no_folder(error))
                error = remove_file(level->descriptor, entry->name, removal);
            else if (error == -ENOENT)
                error = 0;
        } else if (depth) {
            /* The name stands where the level above was left. */
            struct level *above = level - 1;
            const struct entry *self = (const struct entry *)(above->entries + above->last);
            close_it(level->descriptor);
            depth--;
            error = unlink_at(above->descriptor, self->name, AT_REMOVEDIR);
            if (!error) {
                removal->freed_bytes += level->blocks * BLOCK_BYTES;
                removal->budget -= !!removal->budget;
            } else if (error == -ENOENT) {
                error = 0;
            }
        } else {
            break;
        }
        if (error)
            break;
    }
    for (; depth; depth--)
        close_it(levels[depth].descriptor);
    return error;
}

static long remove_one(int folder, const char *name, struct level *levels, uint32_t count,
                       struct removal *removal)
{
    long error = open_to_empty(folder, name, levels);
    if (is_no_folder(error))
        return remove_file(folder, name, removal);
    if (error)
        return error == -ENOENT ? 0 : error;
    error = empty(levels, count, removal);
    close_it(levels->descriptor);
    if (error)
        return error;
    error = unlink_at(folder, name, AT_REMOVEDIR);
    if (error)
        return error == -ENOENT ? 0 : error;
    removal->freed_bytes += levels->blocks * BLOCK_BYTES;
    removal->budget -= !!removal->budget;
    return 0;
}

/* Remove files and trees of the folder open at `folder`.
 *
 * `names` end with a zero each, `size` counts all of their bytes; `room` is aligned as
 * malloc's, and for at least one level. Returns 0 if all are gone; OVER if the budget
 * is, with `at` at the name that comes next; and else the number of an error, with `at`
 * behind the name that it is about, of which something may be left.
 */
EXPORTED int devenv_remove(int folder, const char *names, uint64_t size, void *room,
                           uint64_t room_bytes, struct removal *removal)
{
    struct level *levels = room;
    uint32_t count = room_bytes / sizeof(struct level);
    while (removal->at < size) {
        const char *name = names + removal->at;
        if (!removal->budget)
            return OVER;
        long error = remove_one(folder, name, levels, count, removal);
        if (error == OVER)
            return OVER;
        while (names[removal->at++])
            ;
        if (error)
            return -error;
    }
    return 0;
}
