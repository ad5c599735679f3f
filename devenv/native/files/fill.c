/* Filling a tree: folders, links and symbolic links, as devenv/build/filling.py does.
 *
 * Folders are made and opened one component at a time, and no link is followed in any.
 * Several threads take parts of the work in turns.
 */

#include "call.h"

enum {
    FOLDER_MODE = 0700,
    MOST_DEEP = 64,  /* as deep as an archive's paths may be */
    NAME_BYTES = 256,
};

/* What one thread is at, as places among the operations. */
struct turn {
    uint64_t at, end; /* of the part that it has taken: the next operation */
    uint64_t folder;  /* the operation that named the folder it is in, if any of it is left */
    uint64_t failed;  /* the operation that an error is about */
};

/* The open folders from the root (not counted) to the one that is filled. */
struct way {
    int root;
    uint32_t depth;
    const char *path;
    int descriptors[MOST_DEEP];
};

static int here(const struct way *way)
{
    return way->depth ? way->descriptors[way->depth - 1] : way->root;
}

static void leave(struct way *way, uint32_t depth)
{
    while (way->depth > depth)
        close_it(way->descriptors[--way->depth]);
}

/* Return how many components two paths share from their beginning; `rest` becomes what
 * follows them in the second. */
static uint32_t count_shared(const char *one, const char *other, const char **rest)
{
    uint32_t count = 0;
    for (;; one++, other++) {
        int is_end = !*one || *one == '/';
        if (is_end != (!*other || *other == '/') || (!is_end && *one != *other))
            return count;
        if (!is_end)
            continue;
        count++;
        *rest = other + (*other == '/');
        if (!*one || !*other)
            return count;
    }
}

static long step(struct way *way, const char *name)
{
    long error = make_folder_at(here(way), name, FOLDER_MODE);
    if (error && error != -EEXIST)
        return error;
    if (way->depth == MOST_DEEP)
        return -ENAMETOOLONG;
    long opened = open_at(here(way), name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
    if (opened < 0)
        return opened;
    way->descriptors[way->depth++] = opened;
    return 0;
}

/* Go to a folder, and make what there is not of it and its parents. */
static long enter(struct way *way, const char *path)
{
    const char *rest = path;
    uint32_t shared = *way->path && *path ? count_shared(way->path, path, &rest) : 0;
    leave(way, shared);
    way->path = "";
    while (*rest) {
        char name[NAME_BYTES];
        uint32_t length = 0;
        for (; *rest && *rest != '/'; rest++) {
            if (length == NAME_BYTES - 1)
                return -ENAMETOOLONG;
            name[length++] = *rest;
        }
        name[length] = 0;
        rest += *rest == '/';
        long error = step(way, name);
        if (error)
            return error;
    }
    way->path = path;
    return 0;
}

static const char *behind(const char *text)
{
    while (*text)
        text++;
    return text + 1;
}

/* Do one operation; `end` becomes the place behind it. See devenv_fill. */
static long do_one(struct way *way, const char *operation, const char **end)
{
    const char *first = operation + 1;
    const char *second = behind(first);
    *end = behind(second);
    switch (*operation) {
    case 'F':
        return enter(way, first);
    case 'L':
        return link_at(first, here(way), second);
    case 'S':
        return symlink_at(first, here(way), second);
    default:
        return -EINVAL;
    }
}

static long fill_part(int root, const char *operations, struct turn *turn)
{
    struct way way;
    long error = 0;
    way.root = root;
    way.depth = 0;
    way.path = "";
    /* What failed before was done by somebody else: the folder is there. */
    if (turn->at < turn->end && turn->folder < turn->at)
        error = enter(&way, operations + turn->folder + 1);
    turn->failed = turn->folder;
    while (!error && turn->at < turn->end) {
        const char *end;
        turn->failed = turn->at;
        if (operations[turn->at] == 'F')
            turn->folder = turn->at;
        error = do_one(&way, operations + turn->at, &end);
        turn->at = end - operations;
    }
    leave(&way, 0);
    return error;
}

/* Do operations in the folder open at `root`, part by part, until none is left.
 *
 * An operation is one letter and two texts that end with a zero each:
 *     F path nothing   make this folder, seen from the root, and fill it from here on
 *     L source name    give the file `source`, a link is not followed, this name
 *     S target name    make a symbolic link
 * A part begins with a folder. `ends` says where each of the `count` parts ends; `next`
 * is shared by all threads, the first part that none has taken. `turn` is a thread's
 * own, zeros in the beginning.
 *
 * Returns 0 if no part is left to take; else the number of an error, with `failed` at
 * the operation. Called again, it goes on behind that one.
 */
EXPORTED int devenv_fill(int root, const char *operations, const uint64_t *ends,
                         uint32_t count, uint32_t *next, struct turn *turn)
{
    for (;;) {
        if (turn->at >= turn->end) {
            uint32_t number = __atomic_fetch_add(next, 1, __ATOMIC_RELAXED);
            if (number >= count)
                return 0;
            turn->at = turn->folder = number ? ends[number - 1] : 0;
            turn->end = ends[number];
        }
        long error = fill_part(root, operations, turn);
        if (error)
            return -error;
    }
}
