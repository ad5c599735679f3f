"""Downloads and indexes that nobody used for a while are let go."""

import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from devenv.host.files import allocated_bytes, write_whole
from devenv.operations.doors import Doors

PRUNED_EVERY = timedelta(days=1)
KEPT = {
    # A Release brings a new one; the old one serves nobody but --offline users
    # of another input, who touch it.
    "indexes": timedelta(days=14),
    # A search makes a new record each day.
    "search": timedelta(days=14),
    # Unpacked already; kept for a store that is deleted and made again.
    "downloads": timedelta(days=30),
}
_STAMP = "pruned"


def prune_cache(doors: Doors) -> int:
    """Remove what is too old, at most once a day; return how many files went.

    Raises:
        OSError: the cache cannot be read or written.
    """
    cache, now = doors.directories.cache, doors.clock.now()
    with suppress(FileNotFoundError):
        if _age(cache / _STAMP, now) < PRUNED_EVERY:
            return 0
    write_whole(cache / _STAMP, b"", mode=0o600, is_durable=False)
    # The stamp's time is the file system's; ages are told by our clock.
    os.utime(cache / _STAMP, (now.timestamp(), now.timestamp()))
    stale = stale_cache_files(doors)
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


def stale_cache_files(doors: Doors) -> dict[Path, int]:
    """Return the files of the cache that nobody used for too long, with their bytes.

    Raises:
        OSError: the cache cannot be read.
    """
    cache, now = doors.directories.cache, doors.clock.now()
    return {
        path: allocated_bytes(path)
        for folder, kept in KEPT.items()
        for path in _files(cache / folder)
        if _age(path, now) > kept
    }


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def mark_used(path: Path, *, now: datetime) -> None:
    """Note that a file of the cache was used now; a read-only cache may not."""
    with suppress(OSError):
        os.utime(path, (now.timestamp(), now.timestamp()))


def _age(path: Path, now: datetime) -> timedelta:
    return timedelta(seconds=now.timestamp() - path.stat().st_mtime)
