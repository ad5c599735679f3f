"""Unregistering paths and removing them, safe against every other process.

The rows go first, in one immediate transaction. Taking a lease is one too: so
either the lease came first, and whoever chooses sees it, or the row is gone,
and the other process sees that the path must be made again.
"""

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from time import monotonic

from devenv.host.files import names_in
from devenv.host.progress import Progress, Silence
from devenv.host.remove_trees import remove_trees
from devenv.host.sqlite import sqlite3
from devenv.store.contents import registered
from devenv.store.context import StoreContext
from devenv.store.emptying import Emptying
from devenv.store.layout import TRASH_PREFIX, is_store_path_name
from devenv.store.leases import is_token_living, reap_dead_leases
from devenv.store.locks import PathLocks
from devenv.store.schema import all_registered, unregister
from devenv.store.trash import discard_dead_scratch, discard_names
from devenv.values import dataclass

Choose = Callable[[sqlite3.Connection], Collection[str]]
"""Returns the base names to remove; all that refer to one must be among them."""

_AT_ONCE = 512
"""How many paths are locked, looked at and removed together at most: to ask costs more
than to move."""

_FEWEST = 8
_LONG_SECONDS = 0.05
"""Who wants to make a path waits while others are locked. A disk that is told of every
block that is free takes a millisecond for each record: then fewer are taken."""

_RECORD_SUFFIX = ".json"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """How much went: registered paths, and the disk's bytes that are free again."""

    path_count: int
    freed_bytes: int


def discard(
    context: StoreContext, choose: Choose, *, progress: Progress | None = None
) -> Removed:
    """Remove the paths that `choose` names, and what dead processes left.

    The caller holds the collector's lock. Paths in the making are left alone.

    Raises:
        StoreError: the database could not be written; nothing was removed.
    """
    layout, reach = context.layout, context.kill_points.reach
    reap_dead_leases(layout, context.database)
    reach("leases-reaped")

    def unregister_chosen(connection: sqlite3.Connection) -> list[str]:
        chosen = choose(connection)
        reach("chosen")
        return unregister(connection, chosen)

    # Durable: no power cut may leave a row whose files are gone.
    doomed = context.database.write(unregister_chosen, is_durable=True)
    reach("unregistered")
    listener = progress or Silence()
    freed_bytes = _remove(context, doomed, (), listener)
    # After that, for then there are few names to look at.
    names = names_in(layout.store)
    left = _unregistered(context, names)
    reach("looked")
    trash = [name for name in names if name.startswith(TRASH_PREFIX)]
    is_alive = partial(is_token_living, layout)
    trash += discard_dead_scratch(layout, names, is_alive=is_alive)
    reach("scratch-trashed")
    freed_bytes += _remove(context, left, trash, listener)
    return Removed(path_count=len(doomed), freed_bytes=freed_bytes)


def _unregistered(context: StoreContext, names: Iterable[str]) -> list[str]:
    """Return the store paths that no row stands for, of `names` and of the records."""
    records = names_in(context.layout.records)
    found = {*names, *(name.removesuffix(_RECORD_SUFFIX) for name in records)}
    found -= context.database.read(all_registered)
    return sorted(filter(is_store_path_name, found))


def _remove(
    context: StoreContext,
    doomed: Sequence[str],
    trash: Sequence[str],
    listener: Progress,
) -> int:
    """Remove what no row stands for, unless somebody is making it, and what is trash.

    Returns:
        The disk's bytes that are free again.
    """
    if not (doomed or trash):
        return 0
    listener.started("removing", len(doomed) + len(trash), is_bytes=False)
    try:
        with Emptying(context.layout, gone=listener.advanced) as emptying:
            emptying.add(trash)
            record_bytes = _remove_unregistered(context, doomed, emptying, listener)
    finally:
        listener.finished()
    return record_bytes + emptying.freed_bytes


def _remove_unregistered(
    context: StoreContext, doomed: Sequence[str], emptying: Emptying, listener: Progress
) -> int:
    """Rename to trash, and have emptied, what nobody is making; remove the records.

    Returns:
        The disk's bytes that are free again where the records were.
    """
    freed_bytes = start = 0
    count = max(1, _AT_ONCE // 4)
    with PathLocks(context.layout, waiting=None, patience_seconds=0) as locks:
        while some := doomed[start : start + count]:
            began = monotonic()
            with locks.try_taking(some) as taken:
                record_bytes, trash = _discard_together(context, taken)
            start += count
            count = next_count(count, monotonic() - began)
            context.kill_points.reach("trashed")
            freed_bytes += record_bytes
            listener.advanced(len(some) - len(trash))
            emptying.add(trash)
    return freed_bytes


def next_count(count: int, seconds: float) -> int:
    """Return how many paths to lock next, after so many were locked for so long."""
    if seconds > _LONG_SECONDS:
        return max(_FEWEST, count // 4)
    return min(_AT_ONCE, count * 2)


def _discard_together(
    context: StoreContext, taken: Sequence[str]
) -> tuple[int, list[str]]:
    """Rename paths that are locked to trash; also return the bytes of their records."""
    # One may have been made between our look and the lock.
    valid = registered(context.database, taken)
    gone = [base for base in taken if base not in valid]
    freed_bytes = _remove_records(context, gone)
    trash = discard_names(context.layout, gone)
    context.kill_points.reach("paths-trashed")
    return freed_bytes, trash


def _remove_records(context: StoreContext, bases: Iterable[str]) -> int:
    """Remove the records of paths; return the disk's bytes that are free again."""
    folder = os.open(context.layout.records, _FOLDER)
    try:
        removed = remove_trees(folder, [f"{base}{_RECORD_SUFFIX}" for base in bases])
    finally:
        os.close(folder)
    for _, error in removed.refusals:
        raise error
    context.kill_points.reach("records-removed")
    return removed.freed_bytes
