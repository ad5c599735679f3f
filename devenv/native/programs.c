/* Libraries that are opened and programs that are started; see redirect.c. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <unistd.h>

#include "named.h"
#include "wrap.h"

/* The shipped library is made by a compiler that has it; tests also use others. */
#if defined __has_attribute && __has_attribute(musttail)
#define TAIL_CALL __attribute__((musttail)) return
#else
#define TAIL_CALL return
#endif

/* Libraries. The loader takes the run path of whoever calls dlopen, by the return
 * address: so this must be a tail call, and the name must outlive this frame. */
enum { LONGEST_LIBRARY = 4096 };
static __thread char library[LONGEST_LIBRARY] __attribute__((tls_model("initial-exec")));

static const char *redirected_library(const char *path)
{
    size_t room = redirect_room(path);
    return room > sizeof library ? path : redirected(path, library, room);
}

EXPORT void *dlopen(const char *path, int flags)
{
    void *(*next)(const char *, int) = find_next(NEXT_dlopen);
    path = redirected_library(path);
    TAIL_CALL next(path, flags);
}

EXPORT void *dlmopen(Lmid_t space, const char *path, int flags)
{
    void *(*next)(Lmid_t, const char *, int) = find_next(NEXT_dlmopen);
    path = redirected_library(path);
    TAIL_CALL next(space, path, flags);
}

/* Programs. */
REDIRECT(int, -1, execve, (const char *path, char *const arguments[], char *const environment[]),
         to, arguments, environment)
REDIRECT(int, -1, execv, (const char *path, char *const arguments[]), to, arguments)
REDIRECT(int, -1, execvp, (const char *path, char *const arguments[]), to, arguments)
REDIRECT(int, -1, execvpe, (const char *path, char *const arguments[], char *const environment[]),
         to, arguments, environment)
REDIRECT(int, -1, execveat,
         (int folder, const char *path, char *const arguments[], char *const environment[],
          int flags),
         folder, to, arguments, environment, flags)
#define SPAWN(name)                                                                              \
    REDIRECT(int, ENOSYS, name,                                                                  \
             (pid_t * child, const char *path, const posix_spawn_file_actions_t *actions,        \
              const posix_spawnattr_t *attributes, char *const arguments[],                      \
              char *const environment[]),                                                        \
             child, to, actions, attributes, arguments, environment)
SPAWN(posix_spawn)
SPAWN(posix_spawnp)
#define SPAWN_AS_FILE(name)                                                                      \
    REDIRECT(int, ENOSYS, name,                                                                  \
             (int *process, const char *path, const posix_spawn_file_actions_t *actions,         \
              const posix_spawnattr_t *attributes, char *const arguments[],                      \
              char *const environment[]),                                                        \
             process, to, actions, attributes, arguments, environment)
SPAWN_AS_FILE(pidfd_spawn)
SPAWN_AS_FILE(pidfd_spawnp)

/* What the child is to open and enter: the C library copies the path. */
REDIRECT_WHEN((flags & O_ACCMODE) == O_RDONLY && !(flags & (O_CREAT | O_TRUNC)), int, ENOSYS,
              posix_spawn_file_actions_addopen,
              (posix_spawn_file_actions_t * actions, int file, const char *path, int flags,
               mode_t mode),
              actions, file, to, flags, mode)
REDIRECT(int, ENOSYS, posix_spawn_file_actions_addchdir_np,
         (posix_spawn_file_actions_t * actions, const char *path), actions, to)

/* Declare `arguments` with the variable ones up to NULL, and leave `rest` behind it. */
#define COLLECT(first)                                                       \
    va_list rest;                                                            \
    size_t count = 0;                                                        \
    va_start(rest, first);                                                   \
    for (const char *next = first; next; next = va_arg(rest, const char *))  \
        count++;                                                             \
    va_end(rest);                                                            \
    char *arguments[count + 1];                                              \
    va_start(rest, first);                                                   \
    arguments[0] = (char *)first;                                            \
    for (size_t i = 1; i <= count; i++)                                      \
        arguments[i] = va_arg(rest, char *);

EXPORT int execl(const char *path, const char *first, ...)
{
    COLLECT(first)
    va_end(rest);
    return execv(path, arguments);
}

EXPORT int execlp(const char *path, const char *first, ...)
{
    COLLECT(first)
    va_end(rest);
    return execvp(path, arguments);
}

EXPORT int execle(const char *path, const char *first, ...)
{
    COLLECT(first)
    char *const *environment = va_arg(rest, char *const *);
    va_end(rest);
    return execve(path, arguments, environment);
}

/* The GNU C library passes what main gets. */
__attribute__((constructor)) static void start(int count, char **arguments)
{
    find_last();
    remember_named(count, arguments);
}
