"""A quick look for what has changed: names, sizes and times, and few contents.

What is in the store is never written again, and has the times of its archive. So a
file that can be written to, or has a time after its path was made, or a path of
another number of entries or bytes is suspicious; only such paths are read. What a
failing disk has changed shows in the contents alone: that is what `verify` is for.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from devenv.store.contents import all_records
from devenv.store.context import StoreContext
from devenv.store.layout import Layout
from devenv.store.sidecar import Record
from devenv.store.verify import Difference, content_difference, record_differences
from devenv.values import dataclass

_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def look_over(
    context: StoreContext, bases: Iterable[str] | None = None
) -> tuple[Difference, ...]:
    """Return what is wrong with paths, all by default, as far as a look tells.

    Raises:
        StoreError: the database cannot be read.
    """
    wanted = None if bases is None else set(bases)
    differences: list[Difference] = []
    for record in all_records(context.database):
        if wanted is None or record.info.path.base in wanted:
            differences += record_differences(context.layout, record)
            if is_suspicious(context.layout, record):
                difference = content_difference(context.layout, record.info)
                differences += [difference] if difference else []
    return tuple(differences)


def is_suspicious(layout: Layout, record: Record) -> bool:
    """Tell whether a path may be other than it was made, without reading a file."""
    info = record.info
    try:
        found = _measure(layout.path(info.path))
    except OSError:
        return True
    return (
        found.entry_count != info.file_count
        # `optimise` joins equal files of one path: then an inode counts once less.
        or not found.inode_bytes <= info.size_bytes <= found.name_bytes
        or found.is_writable
        or found.newest_seconds > record.made_at.timestamp() + 1
    )


@dataclass(slots=True)
class _Measured:
    entry_count: int = 0
    inode_bytes: int = 0
    name_bytes: int = 0
    newest_seconds: float = 0.0
    is_writable: bool = False


def _measure(directory: Path) -> _Measured:
    found = _Measured()
    seen: set[int] = set()
    waiting = [str(directory)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                found.entry_count += 1
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif not entry.is_symlink():
                    _add_file(found, entry.stat(follow_symlinks=False), seen)
    return found


def _add_file(found: _Measured, status: os.stat_result, seen: set[int]) -> None:
    found.name_bytes += status.st_size
    if status.st_ino not in seen:
        seen.add(status.st_ino)
        found.inode_bytes += status.st_size
    found.newest_seconds = max(found.newest_seconds, status.st_mtime)
    found.is_writable |= bool(status.st_mode & _WRITABLE)
