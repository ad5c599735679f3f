"""Making the database anew from the records beside the paths.

A new store's first database is the rebuild of nothing. The old file, damaged
or not, stays beside the new one until the next rebuild.
"""

from collections.abc import Container
from contextlib import suppress
from pathlib import Path

from devenv.errors import FormatError
from devenv.store.collector_lock import collector_locked
from devenv.store.context import StoreContext
from devenv.store.database import create_database
from devenv.store.layout import DatabaseName, Layout
from devenv.store.locks import PathLocks
from devenv.store.publish import publish_database, restore_leases
from devenv.store.schema import register
from devenv.store.sidecar import Record
from devenv.store.trash import synced
from devenv.store.verify import content_difference, read_sidecar
from devenv.values import dataclass


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
        sound |= add_latecomers(context, set(names), sound)
        restore_leases(context)
    left_out = set(layout.names()) - sound.keys()
    return Rebuilt(registered=tuple(sorted(sound)), left_out=tuple(sorted(left_out)))


def add_latecomers(
    context: StoreContext, known: set[str], sound: Container[str]
) -> dict[str, Record]:
    """Register what others completed in the old database while we read.

    They look which database counts after their commit; those who looked before
    we published have their path and record in place by now.

    Args:
        context: the store.
        known: names that are not looked at.
        sound: what is registered, and may be referred to.
    """
    late = [base for base in context.layout.names() if base not in known]
    records = _closed(_whole_records(context.layout, late), sound)
    if records:
        fresh = list(records.values())
        # Who made one may have been killed before it was on the disk.
        synced(context.layout)
        context.database.write(lambda to: register(to, fresh), is_durable=True)
    return records


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


def _closed(records: dict[str, Record], others: Container[str]) -> dict[str, Record]:
    """Drop records that refer to what is in neither, until none does."""
    while True:
        kept = {
            base: record
            for base, record in records.items()
            if all(it in records or it in others for it in record.info.references)
        }
        if len(kept) == len(records):
            return kept
        records = kept


def _publish(
    context: StoreContext,
    records: dict[str, Record],
    instead_of: DatabaseName | None,
) -> None:
    def make(file: Path) -> None:
        create_database(file, lambda to: register(to, list(records.values())))

    publish_database(context, make, instead_of=instead_of)
