/* Walking through trees: from one open folder to the next, and through no link. */
#include <linux/stat.h>

#include "call.h"

enum {
    ENTRIES_BYTES = 8192,
    BLOCK_BYTES = 512, /* of st_blocks, whatever the file system's are */
    KIND_UNKNOWN = 0,  /* d_type of getdents64(2) */
    KIND_FOLDER = 4,
    OPEN_FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW,
};

struct entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t kind;
    char name[];
};

/* A folder that is open, and the entries of it that were read: from `at` on they are
 * yet to be looked at, and `last` is the one that was looked at last. */
struct level {
    uint64_t blocks;
    int32_t descriptor;
    uint32_t last, at, end;
    char entries[ENTRIES_BYTES] __attribute__((aligned(8)));
};

static inline void begin(struct level *level, int descriptor, uint64_t blocks)
{
    level->blocks = blocks;
    level->descriptor = descriptor;
    level->last = level->at = level->end = 0;
}

static inline int is_dots(const char *name)
{
    return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* Return the next entry of a folder, NULL at its end; an error is in `error`. */
static inline const struct entry *next_entry(struct level *level, long *error)
{
    for (;;) {
        if (level->at >= level->end) {
            long size = read_entries(level->descriptor, level->entries, ENTRIES_BYTES);
            if (size <= 0) {
                *error = size;
                return 0;
            }
            level->at = 0;
            level->end = size;
        }
        const struct entry *entry = (const struct entry *)(level->entries + level->at);
        level->last = level->at;
        level->at += entry->length;
        if (!is_dots(entry->name))
            return entry;
    }
}
