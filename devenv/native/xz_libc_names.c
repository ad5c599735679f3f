/* Stands in for libc.so.6 while liblzma is linked (see libc_names.c). */
#define NAME(name) void name(void) {}
NAME(bcmp)
NAME(calloc)
NAME(free)
NAME(malloc)
NAME(memcmp)
NAME(memcpy)
NAME(memmove)
NAME(memset)
