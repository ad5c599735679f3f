"""Making another database count: whole, on the disk, and never half-way."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from devenv.host.files import random_name, sync_directory
from devenv.host.sqlite import sqlite3
from devenv.store.context import StoreContext
from devenv.store.database_errors import meaning
from devenv.store.layout import DatabaseName, Layout, database_name
from devenv.store.leases import living_leases, read_lease
from devenv.store.schema import add_leases
from devenv.store.schema_number import SCHEMA
from devenv.store.trash import synced

_MAKING = "making-"


def publish_database(
    context: StoreContext,
    make: Callable[[Path], None],
    *,
    instead_of: DatabaseName | None,
) -> None:
    """Have `make` write a database at a place that nobody looks at; let it count.

    The one that counted until now stays beside it; what was older is removed.
    """
    layout, reach = context.layout, context.kill_points.reach
    for leftover in layout.databases.glob(f"{_MAKING}*"):
        leftover.unlink()
    generation = instead_of.generation + 1 if instead_of else 1
    name = DatabaseName(SCHEMA, generation)
    file = layout.databases / random_name(_MAKING)
    try:
        make(file)
    except sqlite3.Error as error:
        raise meaning(error, layout.store) from error
    reach("database-made")
    synced(layout)
    file.rename(layout.databases / name.file_name)
    sync_directory(layout.databases)
    reach("database-published")
    if instead_of is not None:
        _remove_older(layout, instead_of)


def restore_leases(context: StoreContext) -> None:
    """Give the living their rows, which a new database does not have.

    Call it after publishing: who has written a row into the old database by then
    has noted it in its lease's file before.
    """
    for file in living_leases(context.layout):
        kept = read_lease(file).kept
        context.database.write(
            partial(add_leases, token=file.name, bases=kept), is_durable=False
        )


def _remove_older(layout: Layout, oldest: DatabaseName) -> None:
    """Remove all databases before `oldest`, with what SQLite put beside them."""
    for file in layout.databases.glob("store.v*.sqlite*"):
        found = database_name(file.name)
        if found is not None and found < oldest:
            file.unlink(missing_ok=True)
