"""Read-only SQLite files, made once from what an archive publishes.

Such a file is a copy that can always be made again. So it is written without a
journal beside its place and renamed, and a damaged one is refused, not
repaired.
"""

import os
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from devenv.errors import StoreError, UnusableIndexError
from devenv.host.file_address import file_address
from devenv.host.files import random_name, sync_directory
from devenv.host.sqlite import sqlite3
from devenv.values import dataclass

FILE_MODE = 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a file must be to be read: whose, of which version, with what in it.

    `application_id` and `version` stand in the file's header, where file(1)
    sees them. Raise `version` with every change of `tables`.
    """

    application_id: int
    version: int
    tables: str


@contextmanager
def staged_database(target: Path, layout: Layout) -> Generator[sqlite3.Connection]:
    """Yield an empty database that becomes `target` if the body succeeds.

    Raises:
        StoreError: it could not be written; `target` is as it was.
        OSError: it could not be put in place; likewise.
    """
    scratch = target.with_name(random_name(f".{target.name[:100]}-"))
    try:
        with closing(sqlite3.connect(scratch)) as connection:
            connection.executescript(
                f"""PRAGMA journal_mode = OFF;
                PRAGMA synchronous = OFF;
                PRAGMA application_id = {layout.application_id};
                PRAGMA user_version = {layout.version};
                {layout.tables}"""
            )
            yield connection
            connection.commit()
        _make_durable(scratch)
        scratch.rename(target)
    except sqlite3.Error as error:
        scratch.unlink(missing_ok=True)
        raise StoreError(
            f"the index could not be written: {error}", where=str(target)
        ) from error
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise
    sync_directory(target.parent)


def open_database(path: Path, layout: Layout) -> sqlite3.Connection:
    """Open a file that `staged_database` made of the same layout.

    Raises:
        UnusableIndexError: there is none, it is cut short or damaged, or it has
            another layout.
    """
    # Immutable: no lock and no journal are looked for. The file is never
    # changed, only replaced by another under the same name.
    address = file_address(path, "mode=ro&immutable=1")
    with damage_reported(path):
        connection = sqlite3.connect(address, uri=True)
    try:
        with damage_reported(path):
            _check(connection, path, layout)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def damage_reported(path: Path) -> Generator[None]:
    """Turn what SQLite says of a bad file into an UnusableIndexError."""
    try:
        yield
    except sqlite3.Error as error:
        raise UnusableIndexError(
            f"the index cannot be read: {error}", where=str(path)
        ) from error


def _check(connection: sqlite3.Connection, path: Path, layout: Layout) -> None:
    found = tuple(
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("application_id", "user_version")
    )
    if found != (layout.application_id, layout.version):
        raise UnusableIndexError(
            "the index was made by another version of devenv", where=str(path)
        )


def _make_durable(path: Path) -> None:
    with path.open("rb") as file:
        os.fchmod(file.fileno(), FILE_MODE)
        os.fsync(file.fileno())
