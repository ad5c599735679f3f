/* System calls, and nothing of a C library: what is loaded needs none, so it is loaded
 * beside any. Each returns what the kernel does: an error is its number, negative. */
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <stdint.h>

#define EXPORTED __attribute__((visibility("default")))

static inline long call_once(long number, long a, long b, long c, long d, long e)
{
#if defined(__x86_64__)
    long result;
    register long fourth __asm__("r10") = d;
    register long fifth __asm__("r8") = e;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long which __asm__("x8") = number;
    register long first __asm__("x0") = a;
    register long second __asm__("x1") = b;
    register long third __asm__("x2") = c;
    register long fourth __asm__("x3") = d;
    register long fifth __asm__("x4") = e;
    __asm__ volatile("svc 0"
                     : "+r"(first)
                     : "r"(which), "r"(second), "r"(third), "r"(fourth), "r"(fifth)
                     : "memory");
    return first;
#else
#error "no system calls for this machine"
#endif
}

/* As PEP 475 has it: what a signal interrupted is done again. */
static inline long call5(long number, long a, long b, long c, long d, long e)
{
    long result;
    do
        result = call_once(number, a, b, c, d, e);
    while (result == -EINTR);
    return result;
}

static inline long open_at(int folder, const char *name, int flags)
{
    return call5(__NR_openat, folder, (long)name, flags | O_CLOEXEC, 0, 0);
}

static inline void close_it(int descriptor)
{
    call_once(__NR_close, descriptor, 0, 0, 0, 0);
}

static inline long make_folder_at(int folder, const char *name, int mode)
{
    return call5(__NR_mkdirat, folder, (long)name, mode, 0, 0);
}

/* Neither follows a link that stands at `source`. */
static inline long link_at(const char *source, int folder, const char *name)
{
    return call5(__NR_linkat, AT_FDCWD, (long)source, folder, (long)name, 0);
}

static inline long symlink_at(const char *target, int folder, const char *name)
{
    return call5(__NR_symlinkat, (long)target, folder, (long)name, 0, 0);
}

static inline long unlink_at(int folder, const char *name, int flags)
{
    return call5(__NR_unlinkat, folder, (long)name, flags, 0, 0);
}

static inline long look_at(int folder, const char *name, struct stat *found)
{
    return call5(__NR_newfstatat, folder, (long)name, (long)found, AT_SYMLINK_NOFOLLOW, 0);
}

static inline long look_through(int descriptor, struct stat *found)
{
    return call5(__NR_fstat, descriptor, (long)found, 0, 0, 0);
}

static inline long change_mode(int descriptor, int mode)
{
    return call5(__NR_fchmod, descriptor, mode, 0, 0, 0);
}

static inline long read_entries(int descriptor, char *room, uint32_t size)
{
    return call5(__NR_getdents64, descriptor, (long)room, size, 0, 0);
}
