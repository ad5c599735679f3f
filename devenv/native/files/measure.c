/* Measuring trees, as devenv/store/measure.py does it and tells what went wrong. */
#include "walk.h"

enum {
    LINKING = 'L',     /* files of which some names are elsewhere do not count */
    UNKNOWN = -1,      /* the size of what is not simple: Python measures that */
    HASH_SHIFT = 20,
};
static const uint64_t HASH_FACTOR = 0x9e3779b97f4a7c15; /* of Fibonacci hashing */

/* An inode with several names. */
struct shared {
    uint64_t inode;
    uint32_t names; /* found in this tree */
    uint32_t round; /* the number of that tree; anything else: nothing is here */
};

struct measuring {
    struct level *levels;
    struct shared *shared;
    uint32_t level_count, place_count;
    uint32_t round; /* from 1 on, goes on from call to call */
    uint32_t used;  /* places, in this round */
    uint64_t blocks;
};

/* Find where an inode stands or could stand; NULL if the table is rather full. */
static struct shared *find(struct measuring *to, uint64_t inode)
{
    uint64_t at = (inode * HASH_FACTOR) >> HASH_SHIFT;
    if (to->used >= to->place_count - to->place_count / 4)
        return 0;
    for (;; at++) {
        struct shared *place = to->shared + at % to->place_count;
        if (place->round != to->round) {
            place->inode = inode;
            place->names = 0;
            place->round = to->round;
            to->used++;
            return place;
        }
        if (place->inode == inode)
            return place;
    }
}

static long add_file(struct measuring *to, const struct stat *found, int is_linking)
{
    uint64_t blocks = found->st_blocks;
    if (found->st_nlink != 1) {
        struct shared *place = find(to, found->st_ino);
        if (!place)
            return -E2BIG;
        place->names++;
        if (place->names != (is_linking ? found->st_nlink : 1))
            blocks = 0;
    }
    to->blocks += blocks;
    return 0;
}

static long measure_one(int folder, const char *name, int is_linking,
                        struct measuring *to)
{
    struct level *level = to->levels, *end = to->levels + to->level_count;
    struct stat found;
    long error = look_at(folder, name, &found);
    to->round++;
    to->used = to->blocks = 0;
    if (error || !S_ISDIR(found.st_mode))
        return error ? error : add_file(to, &found, is_linking);
    long opened = open_at(folder, name, OPEN_FOLDER);
    if (opened < 0)
        return opened;
    to->blocks = found.st_blocks;
    begin(level, opened, 0);
    while (level >= to->levels) {
        const struct entry *entry = error ? 0 : next_entry(level, &error);
        if (!entry) {
            close_it(level--->descriptor);
            continue;
        }
        error = look_at(level->descriptor, entry->name, &found);
        if (error)
            continue;
        if (!S_ISDIR(found.st_mode)) {
            error = add_file(to, &found, is_linking);
            continue;
        }
        to->blocks += found.st_blocks;
        opened = level + 1 == end ? -ENAMETOOLONG
                                  : open_at(level->descriptor, entry->name, OPEN_FOLDER);
        if (opened < 0)
            error = opened;
        else
            begin(++level, opened, 0);
    }
    return error;
}

/* Measure files and trees of the folder open at `folder`.
 *
 * `names` end with a zero each, and before each is a letter, LINKING or another. `sizes`
 * gets the bytes of each, UNKNOWN where it is not simple.
 */
EXPORTED void devenv_measure(int folder, const char *names, uint64_t count,
                             struct measuring *to, int64_t *sizes)
{
    for (uint64_t number = 0; number < count; number++) {
        long error = measure_one(folder, names + 1, *names == LINKING, to);
        sizes[number] = error ? UNKNOWN : (int64_t)(to->blocks * BLOCK_BYTES);
        while (*names++)
            ;
    }
}
