"""Reading a file of a project once: its bytes, and what tells whether it changed."""

import os
import stat
from pathlib import Path

from devenv.errors import FormatError
from devenv.values import dataclass

_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
_LEAST = 1 << 12
"""Some files of the kernel say that they are empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """A file's content, with its time, size and owner from before it was read."""

    content: bytes
    mtime_ns: int
    size: int
    owner: int


def read_once(path: str, *, max_bytes: int) -> FileRead | None:
    """Return what a regular file holds, or None where there is none.

    It is opened once, so that time, owner and content are of one file; the time
    is taken first, so that a change while it is read is seen later.

    Raises:
        FormatError: it is no regular file (a FIFO would hang us), or too large.
        OSError: it is there, but cannot be read.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        return None
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise FormatError("this is not a regular file", where=path)
    try:
        content = _read(descriptor, max(found.st_size + 1, _LEAST), max_bytes + 1)
    finally:
        os.close(descriptor)
    if len(content) > max_bytes:
        raise FormatError(f"this is larger than {max_bytes} bytes", where=path)
    return FileRead(
        content=content,
        mtime_ns=found.st_mtime_ns,
        size=found.st_size,
        owner=found.st_uid,
    )


def _read(descriptor: int, expected: int, most: int) -> bytes:
    # Without a buffer, which costs as much as all the rest for a small file; and no
    # more is asked for than there is, because that has to be there to be read into.
    content = os.read(descriptor, min(expected, most))
    while content and len(content) < most:
        further = os.read(descriptor, min(expected, most - len(content)))
        if not further:
            break
        content += further
    return content


def is_regular_file(path: Path) -> bool:
    """Tell whether a path leads to a regular file; never raises."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def own_user() -> int:
    """Return the number of the user whose rights this process has."""
    return os.geteuid()
