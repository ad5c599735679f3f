"""What the operating system's refusals mean for somebody who uses a store."""

import errno
import os
import resource  # early: without a descriptor left nothing can be imported
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from devenv.errors import StoreError

_AGAIN = "make room, and run the command again: nothing was left half-made"


@contextmanager
def explained(store: Path, *, needed_bytes: int = 0) -> Generator[None]:
    """Turn the OSErrors of a full or failing disk into StoreErrors.

    Others pass: they belong to whoever caused them.
    """
    try:
        yield
    except OSError as error:
        known = explain(error, store, needed_bytes=needed_bytes)
        if known is None:
            raise
        raise known from error


def explain(error: OSError, store: Path, *, needed_bytes: int = 0) -> StoreError | None:
    """Return what `error` means for the store, or None if that is not known."""
    where = str(error.filename or store)
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return disk_full(store, needed_bytes=needed_bytes)
        case errno.EFBIG:
            what, hint = "a file is larger than the limit", "see `ulimit -f`"
        case errno.EROFS:
            return read_only(store)
        case errno.EMFILE | errno.ENFILE:
            limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
            what, hint = f"too many open files (limit {limit})", "see `ulimit -n`"
        case errno.EIO:
            what, hint = "the disk reports an error", "see the kernel's log (`dmesg`)"
        case errno.ENOLCK | errno.EOPNOTSUPP:
            what = "the file system of the store cannot lock files"
            hint = "set DEVENV_STORE_DIR to a directory on a local disk"
        case _:
            return None
    return StoreError(what, where=where, hint=hint)


def disk_full(store: Path, *, needed_bytes: int = 0) -> StoreError:
    """Return the error that says how much is free, and how much is needed."""
    # There may not even have been room for its folder.
    place = next(folder for folder in (store, *store.parents) if folder.exists())
    room = os.statvfs(place)
    free_bytes = room.f_bavail * room.f_frsize
    # Scratch may be gone by now, so neither is exactly nothing: the scarcer of
    # the two is the one that ran out.
    if room.f_favail * room.f_blocks < room.f_bavail * room.f_files:
        what = "the file system of the store has no room for more files"
    else:
        what = f"the disk of the store is full: {_mebibytes(free_bytes)} free"
        if needed_bytes:
            what += f", {_mebibytes(needed_bytes)} needed"
    return StoreError(what, where=str(store), hint=_AGAIN)


def read_only(store: Path) -> StoreError:
    """Return the error for a change to a store that cannot be changed."""
    return StoreError(
        "the store is read-only: what is in it works, nothing can be added",
        where=str(store),
        hint="set DEVENV_STORE_DIR to a directory that you may write to",
    )


def _mebibytes(count: int) -> str:
    return f"{count / (1 << 20):.1f} MiB"
