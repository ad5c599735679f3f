"""Downloads and indexes that nobody used for a while are let go."""

import os
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from devenv.host.files import write_whole
from devenv.operations.doors import Doors

PRUNED_EVERY = timedelta(days=1)
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
    from devenv.operations.leftover_files import (  # noqa: PLC0415 - once a day
        stale_cache_files,
    )

    found = stale_cache_files(str(cache), now_seconds=now.timestamp())
    stale = [path for paths in found.values() for path in paths]
    for path in stale:
        Path(path).unlink(missing_ok=True)
    return len(stale)


def mark_used(path: Path, *, now: datetime) -> None:
    """Note that a file of the cache was used now; a read-only cache may not."""
    with suppress(OSError):
        os.utime(path, (now.timestamp(), now.timestamp()))


def _age(path: Path, now: datetime) -> timedelta:
    return timedelta(seconds=now.timestamp() - path.stat().st_mtime)
