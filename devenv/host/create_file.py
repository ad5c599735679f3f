"""A new file that takes the place of nothing."""

import os
from pathlib import Path

from devenv.host.files import random_name, sync_directory


def create_whole(target: Path, content: bytes, *, is_executable: bool = False) -> None:
    """Make a file that was not there, whole or not at all, with the umask's mode.

    Raises:
        FileExistsError: something is there, be it a link that leads nowhere.
        OSError: it could not be written.
    """
    scratch = target.with_name(random_name(f".{target.name[:100]}-"))
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    mode = 0o777 if is_executable else 0o666
    try:
        with os.fdopen(os.open(scratch, flags, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _put(scratch, target)
    finally:
        scratch.unlink(missing_ok=True)
    sync_directory(target.parent)


def _put(scratch: Path, target: Path) -> None:
    """Give a file its name, unless the name is taken."""
    try:
        os.link(scratch, target)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links: claim the name, then replace our own.
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC))
        scratch.replace(target)
