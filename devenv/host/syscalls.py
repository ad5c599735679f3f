"""Doors to system calls that Python does not offer.

Each raises OSError with the kernel's errno, as the functions of `os` do.
"""

import ctypes
import errno
import fcntl
import os
import struct
from enum import IntEnum

AT_FDCWD = -100
RENAME_NOREPLACE = 1

_SYSTEM_CALLS = {
    "x86_64": {"renameat2": 316, "syncfs": 306},
    "aarch64": {"renameat2": 276, "syncfs": 267},
}
"""Numbers, for a C library that is older than the call (renameat2: glibc 2.28)."""

# struct flock of a 64-bit Linux (fcntl(2)): type, whence, start, length, pid,
# padded to 32 bytes. The pid of an OFD lock must be 0 on the way in.
_FLOCK = struct.Struct("@hhqqi0q")

_libc = ctypes.CDLL(None, use_errno=True)


class LockKind(IntEnum):
    """What to do to a byte range; see fcntl_locking(2)."""

    EXCLUSIVE = fcntl.F_WRLCK
    RELEASED = fcntl.F_UNLCK


def rename_without_replacing(
    source: str, target: str, *, directory: int = AT_FDCWD
) -> None:
    """Rename `source` to `target`, both relative to the open `directory`.

    Plain rename(2) silently replaces an *empty* directory. A file system or
    kernel without RENAME_NOREPLACE gets a look followed by a rename: right only
    while nobody else may write `target`, which callers ensure by a lock. (The
    usual other way, link and unlink, does not exist for directories.)

    Raises:
        FileExistsError: `target` exists.
        OSError: the kernel refused.
    """
    try:
        _call(
            "renameat2",
            directory,
            os.fsencode(source),
            directory,
            os.fsencode(target),
            RENAME_NOREPLACE,
        )
    except OSError as error:
        if error.errno not in (errno.ENOSYS, errno.EINVAL):
            raise OSError(error.errno, error.strerror, source, None, target) from None
        _rename_after_looking(source, target, directory=directory)


def sync_file_system(descriptor: int) -> None:
    """Flush everything written to the file system that holds `descriptor`.

    One call makes any number of files and renames durable (syncfs(2)).

    Raises:
        OSError: something could not be written; the data is then lost, and
            calling again would wrongly succeed.
    """
    _call("syncfs", descriptor)


def lock_byte(
    descriptor: int,
    offset: int,
    kind: LockKind,
    *,
    length: int = 1,
    is_waiting: bool = False,
) -> bool:
    """Take or release an open-file-description lock on one byte, or on a range.

    Such a lock belongs to the open file, not to the process: two openings
    exclude each other even in one process, and closing an unrelated descriptor
    of the same file releases nothing (unlike POSIX locks).

    Args:
        descriptor: a file opened for writing; the byte need not exist.
        offset: 0 to 2**63 - 2.
        kind: exclusive, or released.
        length: how many bytes; 0 for all from `offset` on.
        is_waiting: block until it is free; signals are served meanwhile.

    Returns:
        Whether the lock is held now; False only if not waiting.

    Raises:
        OSError: the file system cannot lock (ENOLCK), say.
    """
    command = fcntl.F_OFD_SETLKW if is_waiting else fcntl.F_OFD_SETLK
    request = _FLOCK.pack(kind, os.SEEK_SET, offset, length, 0)
    try:
        fcntl.fcntl(descriptor, command, request)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES) and not is_waiting:
            return False
        raise
    return True


def is_byte_locked(descriptor: int, offset: int) -> bool:
    """Return whether some other opening of the file holds `offset`."""
    request = _FLOCK.pack(LockKind.EXCLUSIVE, os.SEEK_SET, offset, 1, 0)
    answer = fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, request)
    kind: int = _FLOCK.unpack(answer[: _FLOCK.size])[0]
    return kind != LockKind.RELEASED


def _rename_after_looking(source: str, target: str, *, directory: int) -> None:
    at = None if directory == AT_FDCWD else directory
    try:
        os.stat(target, dir_fd=at, follow_symlinks=False)
    except FileNotFoundError:
        os.rename(source, target, src_dir_fd=at, dst_dir_fd=at)
    else:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)


def _call(name: str, *arguments: int | bytes) -> None:
    """Make a call; again if a signal interrupted it (PEP 475 for ctypes)."""
    while _made(name, arguments) == -1:
        number = ctypes.get_errno()
        if number != errno.EINTR:
            raise OSError(number, os.strerror(number))


def _made(name: str, arguments: tuple[int | bytes, ...]) -> int:
    if hasattr(_libc, name):
        result: int = getattr(_libc, name)(*arguments)
        return result
    number = _SYSTEM_CALLS.get(os.uname().machine, {}).get(name)
    if number is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), name)
    return int(_libc.syscall(number, *arguments))
