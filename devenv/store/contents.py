"""Which paths are valid: registered, and there."""

import os
from collections.abc import Iterable

from devenv.errors import FormatError
from devenv.model.store_path import PathInfo
from devenv.store.database import Database
from devenv.store.database_errors import DamagedDatabaseError
from devenv.store.layout import Layout
from devenv.store.schema import all_rows, find_rows, registered_among
from devenv.store.sidecar import Record, checksum, read_record


def valid_infos(
    layout: Layout, database: Database, bases: Iterable[str]
) -> dict[str, PathInfo]:
    """Return what is known of those of `bases` that are valid.

    Raises:
        DamagedDatabaseError: a row is not what was written.
        StoreError: the database cannot be read.
    """
    names = sorted(set(bases))
    records = database.read(lambda connection: _records(find_rows(connection, names)))
    return _present(layout, records)


def valid_bases(layout: Layout, database: Database, bases: Iterable[str]) -> set[str]:
    """Return those of `bases` that are valid; `valid_infos` also reads what is known.

    Raises:
        DamagedDatabaseError: a row is not what was written.
        StoreError: the database cannot be read.
    """
    names = sorted(set(bases))
    found = database.read(lambda connection: _sound(find_rows(connection, names)))
    store = f"{layout.store}/"
    return {base for base in found if os.path.isdir(store + base)}  # noqa: PTH112 - 100s


def all_valid_infos(layout: Layout, database: Database) -> dict[str, PathInfo]:
    """Return what is known of every valid path; see `valid_infos`."""
    return _present(layout, all_records(database))


def all_records(database: Database) -> list[Record]:
    """Return the records of all registered paths, there or not, by name."""
    return database.read(lambda connection: _records(all_rows(connection)))


def find_records(database: Database, bases: Iterable[str]) -> list[Record]:
    """Return the records of those of `bases` that are registered, there or not."""
    names = sorted(set(bases))
    return database.read(lambda connection: _records(find_rows(connection, names)))


def registered(database: Database, bases: Iterable[str]) -> set[str]:
    """Return those of `bases` that are registered, there or not."""
    return database.read(lambda connection: registered_among(connection, bases))


def _sound(rows: Iterable[tuple[str, str, str]]) -> list[str]:
    """Return the names in rows that are what was written."""
    names = []
    for base, text, checksum_then in rows:
        if checksum(text) != checksum_then or f'"path":"{base}"' not in text:
            raise DamagedDatabaseError("a row has changed")
        names.append(base)
    return names


def _records(rows: Iterable[tuple[str, str, str]]) -> list[Record]:
    return [_record(*row) for row in rows]


def _record(base: str, text: str, checksum_then: str) -> Record:
    """Return the record in a row, if it is what was written."""
    try:
        if checksum(text) == checksum_then:
            record = read_record(text)
            if record.info.path.base == base:
                return record
    except FormatError:
        pass
    raise DamagedDatabaseError("a row has changed")


def _present(layout: Layout, records: Iterable[Record]) -> dict[str, PathInfo]:
    infos = (record.info for record in records)
    return {info.path.base: info for info in infos if layout.path(info.path).is_dir()}
