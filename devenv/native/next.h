/* The C library's own functions, behind ours of the same names. */
#ifndef DEVENV_NEXT_H
#define DEVENV_NEXT_H

/* What a signal handler or the child of a vfork may call (signal-safety(7)). These are
 * looked up before main: dlsym takes a lock, for which neither should wait. */
#define SAFE_FUNCTIONS(X)                                                                 \
    X(open) X(open64) X(__open) X(__open64) X(openat) X(openat64) X(access)     \
    X(faccessat) X(chdir)                                                                 \
    X(stat) X(stat64) X(lstat) X(lstat64) X(fstatat) X(fstatat64)                         \
    X(readlink) X(readlinkat) X(execve) X(execv) X(execvp) X(execvpe)

#define OTHER_FUNCTIONS(X)                                                                \
    X(__open_2) X(__open64_2) X(__openat_2) X(__openat64_2)                               \
    X(fopen) X(fopen64) X(freopen) X(freopen64) X(statx) X(eaccess) X(euidaccess)         \
    X(__xstat) X(__xstat64) X(__lxstat) X(__lxstat64) X(__fxstatat) X(__fxstatat64)       \
    X(__readlink_chk) X(__readlinkat_chk)                                                 \
    X(realpath) X(__realpath_chk) X(canonicalize_file_name)                               \
    X(getxattr) X(lgetxattr) X(listxattr) X(llistxattr)                                   \
    X(statfs) X(statfs64) X(statvfs) X(statvfs64) X(pathconf) X(inotify_add_watch)        \
    X(opendir) X(bindtextdomain) X(scandir) X(scandir64)                                  \
    X(ftw) X(ftw64) X(nftw) X(nftw64) X(glob) X(glob64) X(dlopen) X(dlmopen)              \
    X(execveat) X(posix_spawn) X(posix_spawnp) X(pidfd_spawn) X(pidfd_spawnp)             \
    X(posix_spawn_file_actions_addopen) X(posix_spawn_file_actions_addchdir_np)           \
    X(openat2) X(_IO_fopen) X(__statfs)              \
    X(name_to_handle_at) X(ftok) X(catopen) X(scandirat) X(scandirat64)                   \
    X(fts_open) X(fts64_open)

#define AS_INDEX(name) NEXT_##name,
enum next { SAFE_FUNCTIONS(AS_INDEX) NEXT_SAFE_COUNT, NEXT_BEFORE = NEXT_SAFE_COUNT - 1,
            OTHER_FUNCTIONS(AS_INDEX) NEXT_COUNT };

/* Return the function, NULL if this C library has none of the name. Keeps errno. */
void *find_next(enum next which);

/* Look up those that must be known before they are called. */
void find_safe_next(void);

#endif
