/* The C library's own functions, behind ours of the same names. */
#ifndef DEVENV_NEXT_H
#define DEVENV_NEXT_H

#define FUNCTIONS(X)                                                                      \
    X(open) X(open64) X(__open) X(__open64) X(openat) X(openat64) X(openat2)              \
    X(__open_2) X(__open64_2) X(__openat_2) X(__openat64_2)                               \
    X(fopen) X(fopen64) X(_IO_fopen) X(freopen) X(freopen64) X(catopen)                   \
    X(stat) X(stat64) X(lstat) X(lstat64) X(fstatat) X(fstatat64) X(statx)                \
    X(__xstat) X(__xstat64) X(__lxstat) X(__lxstat64) X(__fxstatat) X(__fxstatat64)       \
    X(access) X(eaccess) X(euidaccess) X(faccessat)                                       \
    X(readlink) X(readlinkat) X(__readlink_chk) X(__readlinkat_chk)                       \
    X(realpath) X(__realpath_chk) X(canonicalize_file_name)                               \
    X(getxattr) X(lgetxattr) X(listxattr) X(llistxattr) X(name_to_handle_at) X(ftok)      \
    X(statfs) X(__statfs) X(statfs64) X(statvfs) X(statvfs64) X(pathconf)                 \
    X(inotify_add_watch) X(chdir) X(opendir) X(bindtextdomain)                            \
    X(scandir) X(scandir64) X(scandirat) X(scandirat64)                                   \
    X(ftw) X(ftw64) X(nftw) X(nftw64) X(fts_open) X(fts64_open) X(glob) X(glob64)         \
    X(dlopen) X(dlmopen) X(execve) X(execv) X(execvp) X(execvpe) X(execveat)              \
    X(posix_spawn) X(posix_spawnp) X(pidfd_spawn) X(pidfd_spawnp)                         \
    X(posix_spawn_file_actions_addopen) X(posix_spawn_file_actions_addchdir_np)

#define AS_INDEX(name) NEXT_##name,
enum next { FUNCTIONS(AS_INDEX) NEXT_COUNT };

/* Return the function of the next library behind this one that has it, NULL if none
 * has. Takes no lock, allocates nothing, keeps errno. */
void *find_next(enum next which);

/* Before main: from now on look no further than what is loaded now. */
void find_last(void);

/* Return our own path, as the loader spells it, or NULL. */
const char *find_own_path(void);

#endif
