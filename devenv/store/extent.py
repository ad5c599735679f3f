"""How much disk a path takes by itself: what its going would give back.

A file counts with the blocks that it takes, folders too, and once, however many
names it has; so does the path's record. A tree's hard links into its parts are its
parts' files. Paths never change, so what was measured is remembered.
"""

import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from pathlib import Path

from devenv.errors import StoreError
from devenv.host.files import allocated_bytes
from devenv.store.context import StoreContext
from devenv.store.schema import choose

BLOCK_BYTES = 512
"""What `st_blocks` counts in, whatever the file system's own blocks (stat(2))."""

_LINKING = ('"kind":"tree"', '"kind":"libraries"')
"""Kinds whose files may be those of other paths, as they stand in records."""


def own_extents(
    context: StoreContext,
    bases: Collection[str],
    *,
    measured: Callable[[int], None] = lambda _: None,
) -> dict[str, int]:
    """Return the bytes that each of `bases` takes by itself; none for one not there.

    `measured` hears how many more have been looked at.
    """
    known, unknown = context.database.read(partial(_remembered, bases=bases))
    measured(len(known))
    fresh: dict[str, int] = {}
    for base, is_linking in unknown.items():
        with suppress(OSError):
            place = context.layout.store / base
            fresh[base] = measure(place, is_linking=is_linking) + allocated_bytes(
                context.layout.record(base)
            )
        measured(1)
    if fresh:
        # A store that cannot be written to is measured again the next time.
        with suppress(OSError, StoreError):
            context.database.write(partial(_remember, fresh=fresh), is_durable=False)
    return known | fresh


def measure(path: Path, *, is_linking: bool) -> int:
    """Return the bytes that the files and folders of `path` take on the disk.

    Files that have names elsewhere count only if not `is_linking`.

    Raises:
        OSError: something cannot be looked at.
    """
    blocks = path.lstat().st_blocks
    names: Counter[int] = Counter()
    several: dict[int, tuple[int, int]] = {}
    waiting = [str(path)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                found = entry.stat(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                    blocks += found.st_blocks
                elif found.st_nlink == 1:
                    blocks += found.st_blocks
                else:
                    names[found.st_ino] += 1
                    several[found.st_ino] = (found.st_nlink, found.st_blocks)
    blocks += sum(
        size
        for inode, (count, size) in several.items()
        if not is_linking or names[inode] == count
    )
    return blocks * BLOCK_BYTES


def forget_extents(connection: sqlite3.Connection) -> None:
    """Have everything measured anew: files were linked to each other since."""
    connection.execute("DELETE FROM extent")


def _remembered(
    connection: sqlite3.Connection, bases: Collection[str]
) -> tuple[dict[str, int], dict[str, bool]]:
    """Return what is known, and of the others whether they link to files of others."""
    choose(connection, bases)
    known: dict[str, int] = {}
    unknown: dict[str, bool] = {}
    rows = connection.execute(
        "SELECT base, own_bytes, CASE WHEN own_bytes IS NULL THEN record END"
        " FROM temp.chosen JOIN path USING (base) LEFT JOIN extent USING (id)"
        " WHERE is_lost = 0"
    )
    for base, own_bytes, record in rows:
        if own_bytes is None:
            unknown[base] = any(kind in record for kind in _LINKING)
        else:
            known[base] = own_bytes
    return known, unknown


def _remember(connection: sqlite3.Connection, fresh: dict[str, int]) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO extent (id, own_bytes)"
        " SELECT id, ? FROM path WHERE base = ?",
        [(own_bytes, base) for base, own_bytes in fresh.items()],
    )
