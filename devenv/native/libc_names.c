/* Stands in for libc.so.6 while the library is linked: names, and no versions.
 * References without a version are bound to what the C library of the tree has,
 * whichever it is; a real libc at link time would pin its own versions, and older
 * ones add libpthread to every program. */
#define NAME(name) void name(void) {}
NAME(__errno_location)
NAME(bcmp)
NAME(_r_debug)
NAME(getauxval)
NAME(memcmp)
NAME(memcpy)
NAME(memmove)
NAME(memset)
NAME(strchr)
NAME(strcmp)
NAME(strcpy)
NAME(strcspn)
NAME(strlen)
NAME(strncmp)
NAME(strspn)
NAME(strstr)
NAME(syscall)
