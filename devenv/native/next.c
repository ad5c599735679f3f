/* What dlsym(RTLD_NEXT) and dladdr do, without a lock: a signal handler may call what
 * we stand in front of. And without libdl.so.2, which every program would load for
 * it, though it has been empty since glibc 2.34. */
#define _GNU_SOURCE
#include "next.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

extern ElfW(Dyn) _DYNAMIC[] __attribute__((visibility("hidden")));

enum { LONGEST_NAME = 37, HIDDEN = 0x8000 };

#define AS_NAME(name) #name,
/* Not pointers: those would have to be relocated in every program. */
static const char names[NEXT_COUNT][LONGEST_NAME] = {FUNCTIONS(AS_NAME)};
static void *found[NEXT_COUNT];

/* The last library that was there before main: those in front of it stay. */
static const struct link_map *last;

/* The symbol tables of a loaded library. */
struct tables {
    const ElfW(Sym) * symbols;
    const char *strings;
    const uint32_t *hash; /* DT_GNU_HASH */
    const ElfW(Versym) * versions;
};

static const void *place(const struct link_map *library, ElfW(Addr) address)
{
    /* The loader has made addresses of most that were offsets. */
    return (const void *)(address < library->l_addr ? library->l_addr + address : address);
}

static bool read_tables(const struct link_map *library, struct tables *tables)
{
    memset(tables, 0, sizeof *tables);
    for (const ElfW(Dyn) *entry = library->l_ld; entry->d_tag != DT_NULL; entry++) {
        const void *at = place(library, entry->d_un.d_ptr);
        if (entry->d_tag == DT_SYMTAB)
            tables->symbols = at;
        else if (entry->d_tag == DT_STRTAB)
            tables->strings = at;
        else if (entry->d_tag == DT_GNU_HASH)
            tables->hash = at;
        else if (entry->d_tag == DT_VERSYM)
            tables->versions = at;
    }
    return tables->symbols && tables->strings && tables->hash;
}

static uint32_t hash_of(const char *name)
{
    uint32_t hash = 5381;
    for (; *name; name++)
        hash = hash * 33 + (unsigned char)*name;
    return hash;
}

static bool is_function(const struct tables *tables, uint32_t index, const char *name)
{
    const ElfW(Sym) *symbol = &tables->symbols[index];
    return symbol->st_shndx != SHN_UNDEF && ELF64_ST_TYPE(symbol->st_info) == STT_FUNC &&
           !strcmp(tables->strings + symbol->st_name, name);
}

/* Look a function up: its default version, or else an older one. */
static void *look_up(const struct link_map *library, const char *name, uint32_t hash)
{
    struct tables tables;
    if (!read_tables(library, &tables))
        return NULL;
    uint32_t buckets = tables.hash[0], first = tables.hash[1], words = tables.hash[2];
    const uint64_t *filter = (const uint64_t *)(tables.hash + 4);
    uint64_t word = filter[hash / 64 % words];
    if (!(word >> hash % 64 & word >> (hash >> tables.hash[3]) % 64 & 1))
        return NULL;
    const uint32_t *bucket = (const uint32_t *)(filter + words);
    const uint32_t *chain = bucket + buckets;
    void *older = NULL;
    uint32_t index = bucket[hash % buckets];
    if (index < first)
        return NULL;
    for (;; index++) {
        uint32_t other = chain[index - first];
        if ((other | 1) == (hash | 1) && is_function(&tables, index, name)) {
            older = (void *)(library->l_addr + tables.symbols[index].st_value);
            if (!tables.versions || !(tables.versions[index] & HIDDEN))
                return older;
        }
        if (other & 1)
            return older;
    }
}

static const struct link_map *find_own(void)
{
    const struct link_map *library = _r_debug.r_map;
    while (library && library->l_ld != _DYNAMIC)
        library = library->l_next;
    return library;
}

void *find_next(enum next which)
{
    void *function = __atomic_load_n(&found[which], __ATOMIC_RELAXED);
    if (function)
        return function;
    const char *name = names[which];
    uint32_t hash = hash_of(name);
    const struct link_map *library = find_own();
    while (!function && library && library != last && (library = library->l_next))
        function = look_up(library, name, hash);
    __atomic_store_n(&found[which], function, __ATOMIC_RELAXED);
    return function;
}

void find_last(void)
{
    const struct link_map *library = find_own();
    while (library && library->l_next)
        library = library->l_next;
    last = library;
}

const char *find_own_path(void)
{
    const struct link_map *own = find_own();
    return own ? own->l_name : NULL;
}
