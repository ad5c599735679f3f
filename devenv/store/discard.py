"""Unregistering paths and removing them, safe against every other process.

The rows go first, in one immediate transaction. Taking a lease is one too: so
either the lease came first, and whoever chooses sees it, or the row is gone,
and the other process sees that the path must be made again.
"""

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from devenv.host.files import names_in
from devenv.store.contents import registered
from devenv.store.context import StoreContext
from devenv.store.layout import is_store_path_name
from devenv.store.leases import is_token_living, reap_dead_leases
from devenv.store.locks import PathLocks
from devenv.store.schema import unregister
from devenv.store.trash import discard_dead_scratch, discard_names, empty_trash

Choose = Callable[[sqlite3.Connection], Collection[str]]
"""Returns the base names to remove; all that refer to one must be among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """How much went: registered paths, and bytes whose last link went."""

    path_count: int
    freed_bytes: int


def discard(context: StoreContext, choose: Choose) -> Removed:
    """Remove the paths that `choose` names, and what dead processes left.

    The caller holds the collector's lock. Paths in the making are left alone.

    Raises:
        StoreError: the database could not be written; nothing was removed.
    """
    reach = context.kill_points.reach
    reap_dead_leases(context.layout, context.database)
    reach("leases-reaped")

    def unregister_chosen(connection: sqlite3.Connection) -> int:
        doomed = choose(connection)
        unregister(connection, doomed)
        return len(doomed)

    count = context.database.write(unregister_chosen, is_durable=False)
    reach("unregistered")
    _discard_unregistered(context)
    reach("trashed")
    discard_dead_scratch(
        context.layout, is_alive=partial(is_token_living, context.layout)
    )
    freed_bytes = empty_trash(context.layout)
    return Removed(path_count=count, freed_bytes=freed_bytes)


def _discard_unregistered(context: StoreContext) -> None:
    """Trash what no row stands for, unless somebody is making it."""
    layout, database = context.layout, context.database
    names = set(layout.names()) | _recorded(context)
    doomed = names - registered(database, names)
    with PathLocks(layout, waiting=None, patience_seconds=0) as locks:
        for base in sorted(doomed):
            if not locks.try_take(base):
                continue
            # It may have been made between our look and the lock.
            if not registered(database, [base]):
                layout.record(base).unlink(missing_ok=True)
                discard_names(layout, [base])
                context.kill_points.reach("path-trashed")
            locks.release([base])


def _recorded(context: StoreContext) -> set[str]:
    names = (n.removesuffix(".json") for n in names_in(context.layout.records))
    return set(filter(is_store_path_name, names))
