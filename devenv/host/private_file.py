"""Files that only their owner may have written, and who else could write a folder."""

import os
import stat
from collections.abc import Collection
from pathlib import Path

from devenv.errors import FormatError

_OF_OTHERS = 0o077


def read_private(path: Path, *, max_bytes: int) -> bytes | None:
    """Return a file that is ours and closed to everybody else; None if it is not.

    No link is followed, and nothing of another mode, owner or kind is read: what it
    says might not be what we wrote.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError):
        return None
    found = os.fstat(descriptor)
    is_ours = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()
    if not is_ours or found.st_mode & _OF_OTHERS:
        os.close(descriptor)
        return None
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(max_bytes + 1)
    return content if len(content) <= max_bytes else None


def who_else_writes(path: str, owners: Collection[int]) -> str | None:
    """Return why a file or folder is not in the hands of `owners`; None if it is.

    The reason continues a sentence that begins with the path. What is not there is
    nobody's.
    """
    try:
        found = os.stat(path)  # noqa: PTH116 - somebody waits
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return f"cannot be looked at: {error.strerror}"
    if found.st_uid not in owners:
        return f"belongs to another user ({found.st_uid})"
    if found.st_mode & stat.S_IWOTH:
        return "may be written by everybody"
    return None


def identity(folder: Path) -> tuple[int, int]:
    """Return what tells a folder from another one at the same path.

    Raises:
        FormatError: there is none.
    """
    try:
        found = folder.stat()
    except OSError as error:
        raise FormatError(
            f"the folder cannot be looked at: {error.strerror}", where=str(folder)
        ) from error
    return found.st_dev, found.st_ino
