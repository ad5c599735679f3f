#define _GNU_SOURCE
#include "next.h"

#include <dlfcn.h>
#include <errno.h>

#define AS_NAME(name) #name,
static const char *const names[NEXT_COUNT] = {SAFE_FUNCTIONS(AS_NAME) OTHER_FUNCTIONS(AS_NAME)};
static void *found[NEXT_COUNT];

void *find_next(enum next which)
{
    void *function = __atomic_load_n(&found[which], __ATOMIC_RELAXED);
    if (function)
        return function;
    /* Constructors of other libraries may run before ours. */
    int saved = errno;
    function = dlsym(RTLD_NEXT, names[which]);
    if (!function)
        dlerror(); /* the program's next dlerror must not tell of this */
    __atomic_store_n(&found[which], function, __ATOMIC_RELAXED);
    errno = saved;
    return function;
}

void find_safe_next(void)
{
    for (int which = 0; which < NEXT_SAFE_COUNT; which++)
        find_next(which);
}
