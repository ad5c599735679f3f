"""Making the database anew from the records beside the paths.

A new store's first database is the rebuild of nothing. The old file, damaged
or not, stays beside the new one until the next rebuild.
"""

import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from devenv.errors import FormatError
from devenv.host.files import random_name, sync_directory
from devenv.host.syscalls import sync_file_system
from devenv.store.collector_lock import collector_locked
from devenv.store.context import StoreContext
from devenv.store.database import create_database, meaning
from devenv.store.layout import DatabaseName, Layout
from devenv.store.leases import living_leases, read_lease
from devenv.store.locks import PathLocks
from devenv.store.schema import SCHEMA, add_leases, register
from devenv.store.sidecar import Record
from devenv.store.trash import opened
from devenv.store.verify import content_difference, read_sidecar


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """Base names: what is registered again, and what was left out as unsound."""

    registered: tuple[str, ...]
    left_out: tuple[str, ...]


def rebuild_database(
    context: StoreContext, *, instead_of: DatabaseName | None
) -> Rebuilt | None:
    """Make a new database, unless another process has replaced `instead_of`.

    Every path is read and compared with its record before it is registered,
    because records are also written for paths that never became valid.

    Must not be called inside a batch: it waits for those who make paths.

    Returns:
        What it now holds, or None if there was nothing to do.
    """
    layout = context.layout
    with collector_locked(layout):
        if layout.current_database() != instead_of:
            return None
        names = layout.names()
        sound = _closed(_whole_records(layout, names), {})
        _publish(context, sound, instead_of)
        sound |= _add_latecomers(context, set(names), sound)
        _restore_leases(context)
    left_out = set(layout.names()) - sound.keys()
    return Rebuilt(registered=tuple(sorted(sound)), left_out=tuple(sorted(left_out)))


def _whole_records(layout: Layout, names: list[str]) -> dict[str, Record]:
    """Return the records of those paths whose files are as recorded."""
    whole: dict[str, Record] = {}
    with PathLocks(layout, waiting=None, patience_seconds=0) as locks:
        for base in names:
            locks.take([base])
            with suppress(OSError, FormatError):
                record = read_sidecar(layout, base)
                if content_difference(layout, record.info) is None:
                    whole[base] = record
            locks.release([base])
    return whole


def _closed(records: dict[str, Record], others: dict[str, Record]) -> dict[str, Record]:
    """Drop records that refer to what is in neither, until none does."""
    while True:
        kept = {
            base: record
            for base, record in records.items()
            if records.keys() | others.keys() >= set(record.info.references)
        }
        if len(kept) == len(records):
            return kept
        records = kept


def _publish(
    context: StoreContext,
    records: dict[str, Record],
    instead_of: DatabaseName | None,
) -> None:
    layout, reach = context.layout, context.kill_points.reach
    for leftover in layout.databases.glob("making-*"):
        leftover.unlink()
    generation = instead_of.generation + 1 if instead_of else 1
    name = DatabaseName(SCHEMA, generation)
    file = layout.databases / random_name("making-")

    def fill(connection: sqlite3.Connection) -> None:
        register(connection, list(records.values()))

    try:
        create_database(file, fill)
    except sqlite3.Error as error:
        raise meaning(error, layout.store) from error
    reach("database-made")
    with opened(layout) as store:
        sync_file_system(store)
    file.rename(layout.databases / name.file_name)
    sync_directory(layout.databases)
    reach("database-published")
    _remove_older(layout, generation - 1)


def _remove_older(layout: Layout, generation: int) -> None:
    """Remove all databases before `generation`, with what SQLite put beside."""
    for file in layout.databases.glob("store.v*.sqlite*"):
        number = file.name.split(".")[2]
        if number.isdecimal() and int(number) < generation:
            file.unlink(missing_ok=True)


def _add_latecomers(
    context: StoreContext, known: set[str], sound: dict[str, Record]
) -> dict[str, Record]:
    """Register what others completed in the old database while we read.

    They look which database counts after their commit; those who looked before
    we published have their path and record in place by now.
    """
    late = [base for base in context.layout.names() if base not in known]
    records = _closed(_whole_records(context.layout, late), sound)
    if records:
        fresh = list(records.values())
        context.database.write(partial(register, records=fresh), is_durable=True)
    return records


def _restore_leases(context: StoreContext) -> None:
    # After publishing, for the same reason as above.
    for file in living_leases(context.layout):
        kept = read_lease(file).kept
        context.database.write(
            partial(add_leases, token=file.name, bases=kept), is_durable=False
        )
