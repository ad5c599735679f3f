"""What can be wrong with the store's database, in words."""

import os
from pathlib import Path

from devenv.errors import StoreError
from devenv.host.sqlite import sqlite3
from devenv.store.failures import disk_full, read_only

BUSY_TIMEOUT_SECONDS = 60

_FULL_BELOW_BYTES = 64 << 10


class DamagedDatabaseError(StoreError):
    """The database is not what was written to it; its records can rebuild it."""

    code = "store-damaged"

    def __init__(self, what: str) -> None:
        super().__init__(
            "the store's database is damaged",
            where=what,
            hint="run the command again: the database is rebuilt then",
        )


class OldDatabaseError(StoreError):
    """The database is an older devenv's; it must be migrated before it is used."""

    code = "store-old"

    def __init__(self, store: Path) -> None:
        super().__init__(
            "the store was last used by an older devenv",
            where=str(store),
            hint="run the command again: the database is brought up to date then",
        )


def meaning(error: sqlite3.Error, store: Path) -> StoreError:
    """Return what SQLite's refusal means for somebody who uses the store."""
    # Errors that Python's module finds itself, text that is not UTF-8 for one,
    # have no code: they come from damage too.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    match code:
        case sqlite3.SQLITE_FULL:
            return disk_full(store)
        case sqlite3.SQLITE_READONLY:
            return read_only(store)
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CANTOPEN:
            return _disk_trouble(store, error)
        case sqlite3.SQLITE_BUSY:
            return StoreError(
                f"the store's database was busy for {BUSY_TIMEOUT_SECONDS} seconds",
                where=str(store),
                hint="see which other devenv is running, and stop it",
            )
        case _:
            return DamagedDatabaseError(str(error))


def _disk_trouble(store: Path, error: sqlite3.Error) -> StoreError:
    # The shared-memory file and the log's first page report a full disk so.
    room = os.statvfs(store)
    if room.f_bavail * room.f_frsize < _FULL_BELOW_BYTES or not room.f_favail:
        return disk_full(store)
    return StoreError(
        f"the store's database cannot be used: {error}",
        where=str(store),
        hint="look for disk errors (`dmesg`) and limits (`ulimit -n`)",
    )
