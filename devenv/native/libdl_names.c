/* Stands in for libdl.so.2: up to glibc 2.33 these two are not in libc.so.6, and
 * every later one has an empty libdl.so.2. See libc_names.c. */
#define NAME(name) void name(void) {}
NAME(dladdr)
NAME(dlerror)
NAME(dlsym)
