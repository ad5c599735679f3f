"""Unregistering paths and removing them, safe against every other process.

The rows go first, in one immediate transaction. Taking a lease is one too: so
either the lease came first, and whoever chooses sees it, or the row is gone,
and the other process sees that the path must be made again.
"""

import os
import sqlite3
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial

from devenv.host.files import names_in
from devenv.host.progress import Progress, Silence
from devenv.store.contents import registered
from devenv.store.context import StoreContext
from devenv.store.extent import BLOCK_BYTES
from devenv.store.layout import is_store_path_name
from devenv.store.leases import is_token_living, reap_dead_leases
from devenv.store.locks import PathLocks
from devenv.store.schema import all_registered, unregister
from devenv.store.trash import discard_dead_scratch, discard_names, empty_trash, opened
from devenv.values import dataclass

Choose = Callable[[sqlite3.Connection], Collection[str]]
"""Returns the base names to remove; all that refer to one must be among them."""

_AT_ONCE = 256
"""How many paths are locked and looked at together: to ask costs more than to move."""


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

    def unregister_chosen(connection: sqlite3.Connection) -> int:
        doomed = choose(connection)
        reach("chosen")
        unregister(connection, doomed)
        return len(doomed)

    # Durable: no power cut may leave a row whose files are gone.
    count = context.database.write(unregister_chosen, is_durable=True)
    reach("unregistered")
    freed_bytes = _discard_unregistered(context)
    reach("trashed")
    discard_dead_scratch(layout, is_alive=partial(is_token_living, layout))
    reach("scratch-trashed")
    freed_bytes += empty_trash(layout, progress=progress or Silence())
    return Removed(path_count=count, freed_bytes=freed_bytes)


def _discard_unregistered(context: StoreContext) -> int:
    """Trash what no row stands for, unless somebody is making it.

    Returns:
        The disk's bytes that the records took.
    """
    freed_bytes = 0
    names = set(context.layout.names()) | _recorded(context)
    doomed = sorted(names - context.database.read(all_registered))
    context.kill_points.reach("looked")
    with (
        PathLocks(context.layout, waiting=None, patience_seconds=0) as locks,
        opened(context.layout) as store,
    ):
        for start in range(0, len(doomed), _AT_ONCE):
            some = [base for base in doomed[start:][:_AT_ONCE] if locks.try_take(base)]
            # One may have been made between our look and the lock.
            gone = sorted(set(some) - registered(context.database, some))
            for base in gone:
                freed_bytes += _remove_record(store, base)
                context.kill_points.reach("record-removed")
            discard_names(context.layout, gone)
            context.kill_points.reach("paths-trashed")
            locks.release(some)
    return freed_bytes


def _remove_record(store: int, base: str) -> int:
    name = f".records/{base}.json"
    with suppress(FileNotFoundError):
        blocks = os.stat(name, dir_fd=store, follow_symlinks=False).st_blocks
        os.unlink(name, dir_fd=store)
        return blocks * BLOCK_BYTES
    return 0


def _recorded(context: StoreContext) -> set[str]:
    names = (n.removesuffix(".json") for n in names_in(context.layout.records))
    return set(filter(is_store_path_name, names))
