"""Damaged paths out of the way, so that they can be made again; else they come back.

A damaged path is better than none. So it is only renamed, to a name of a session
that lives: what dies in between leaves a path that is missing and made again at
the next need, and a scratch folder that the next collection removes.
"""

import os
from collections.abc import Collection, Generator
from contextlib import contextmanager, suppress
from functools import partial
from sqlite3 import Connection

from devenv.store.contents import find_records, valid_bases
from devenv.store.context import StoreContext
from devenv.store.failures import explained
from devenv.store.keeping import keeping
from devenv.store.layout import scratch_name
from devenv.store.locks import PathLocks
from devenv.store.schema import mark_lost
from devenv.store.sidecar import Record, record_text
from devenv.store.trash import discard_names, empty_trash, opened

_RECORD_MODE = 0o444


@contextmanager
def set_aside(context: StoreContext, bases: Collection[str]) -> Generator[None]:
    """Have registered paths be missing in the body, which may make them again.

    Those that it made are the valid ones; the others are put back as they were.

    Raises:
        StoreError: the store cannot be written.
    """
    with explained(context.layout.store):
        records = find_records(context.database, bases)
        with keeping(context, bases) as token:
            aside = _move_away(context, token, records)
            try:
                yield
            finally:
                _put_back(context, token, records, aside)


def rewrite_records(context: StoreContext, bases: Collection[str]) -> None:
    """Write the records beside paths anew, as the database has them.

    Raises:
        StoreError: the store cannot be written.
    """
    with explained(context.layout.store):
        for record in find_records(context.database, bases):
            _write_record(context, scratch_name("repair"), record)


def _move_away(
    context: StoreContext, token: str, records: list[Record]
) -> dict[str, str]:
    """Rename paths; return their names for now."""
    bases = [record.info.path.base for record in records]
    aside: dict[str, str] = {}
    with (
        PathLocks(context.layout, waiting=None, patience_seconds=0) as locks,
        opened(context.layout) as store,
    ):
        locks.take(bases)
        # First: what has no row is not valid, whatever lies at its name.
        context.database.write(partial(mark_lost, bases=bases), is_durable=True)
        context.kill_points.reach("marked-lost")
        for base in bases:
            name = scratch_name(token)
            with suppress(FileNotFoundError):
                os.rename(base, name, src_dir_fd=store, dst_dir_fd=store)
                aside[base] = name
            context.kill_points.reach("set-aside")
    return aside


def _put_back(
    context: StoreContext, token: str, records: list[Record], aside: dict[str, str]
) -> None:
    layout = context.layout
    bases = [record.info.path.base for record in records]
    left = set(bases) - valid_bases(layout, context.database, bases)
    with (
        PathLocks(layout, waiting=None, patience_seconds=0) as locks,
        opened(layout) as store,
    ):
        locks.take(left)
        for record in records:
            base = record.info.path.base
            if base not in left or os.path.lexists(layout.store / base):
                continue
            if base in aside:
                os.rename(aside[base], base, src_dir_fd=store, dst_dir_fd=store)
            _write_record(context, scratch_name(token), record)
            # One that was gone is registered as before, too: so it is still told of.
            context.database.write(partial(_unmark, base=base), is_durable=True)
    empty_trash(layout, discard_names(layout, aside.values()))


def _write_record(context: StoreContext, scratch: str, record: Record) -> None:
    place = context.layout.store / scratch
    try:
        place.write_text(record_text(record), "ascii")
        place.chmod(_RECORD_MODE)
        place.rename(context.layout.record(record.info.path.base))
    except BaseException:
        place.unlink(missing_ok=True)
        raise


def _unmark(connection: Connection, base: str) -> None:
    connection.execute("UPDATE path SET is_lost = 0 WHERE base = ?", (base,))
