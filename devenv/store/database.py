"""The connection to the store's database.

Nobody but SQLite opens the file: closing any other descriptor of it would drop
SQLite's locks. Transactions that write are immediate, because one that turns
writer half-way fails at once, whatever the timeout.
"""

import os
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from devenv.errors import StoreError
from devenv.host.file_address import file_address
from devenv.host.sqlite import sqlite3
from devenv.store.database_errors import (
    BUSY_TIMEOUT_SECONDS,
    DamagedDatabaseError,
    OldDatabaseError,
    meaning,
)
from devenv.store.layout import DatabaseName, Layout
from devenv.store.schema import TABLES
from devenv.store.schema_number import APPLICATION_ID, SCHEMA
from devenv.typed import TypeVar

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_DAMAGED = "damaged"
_CACHE_KIB = 64 << 10

Result = TypeVar("Result")

_inherited: list[sqlite3.Connection] = []
"""Connections of a parent process. Closing one here could harm its locks."""


class Database:
    """The database that counts now, opened when first asked.

    May be shared by threads, and used after a fork: each process gets its own
    connection.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._connection: sqlite3.Connection | None = None
        self._name: DatabaseName | None = None
        self._process = 0
        self._lock = threading.RLock()

    def read(self, action: Callable[[sqlite3.Connection], Result]) -> Result:
        """Return what `action` reads.

        Raises:
            StoreError: the database cannot be read; see `DamagedDatabaseError`.
        """
        with self._lock, self._translated():
            return action(self._connected())

    def write(
        self,
        action: Callable[[sqlite3.Connection], Result],
        *,
        is_durable: bool,
    ) -> Result:
        """Run `action` in one immediate transaction, and return its result.

        If the database was rebuilt meanwhile, `action` runs again on the new
        one: what it does must bear that. A durable transaction survives a power
        cut; a lease, say, need not.

        Raises:
            StoreError: nothing was written.
        """
        with self._lock, self._translated():
            while True:
                connection = self._connected()
                flush = "FULL" if is_durable else "NORMAL"
                connection.execute(f"PRAGMA synchronous = {flush}")
                with _immediate(connection):
                    result = action(connection)
                if self._layout.current_database() == self._name:
                    return result

    def read_at_once(self, action: Callable[[sqlite3.Connection], Result]) -> Result:
        """Return what `action` reads, all of it as it is at one moment.

        Raises:
            StoreError: the database cannot be read; see `DamagedDatabaseError`.
        """
        with self._lock, self._translated():
            connection = self._connected()
            connection.execute("BEGIN")
            try:
                return action(connection)
            finally:
                connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close this process's connection, if there is one."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is None:
                return
            if self._process != os.getpid():
                _inherited.append(connection)
                return
            connection.close()

    def __del__(self) -> None:
        """Let go of the file with the store: since 3.13 Python warns of it else."""
        self.close()

    def _connected(self) -> sqlite3.Connection:
        current = self._layout.current_database()
        if current is None:
            raise DamagedDatabaseError("there is none")
        if current.schema > SCHEMA:
            raise StoreError(
                "the store was used by a newer devenv than this one",
                where=str(self._layout.store),
                hint="upgrade devenv",
            )
        if current.schema < SCHEMA and _is_writable(self._layout, current):
            raise OldDatabaseError(self._layout.store)
        is_ours = self._process == os.getpid() and self._name == current
        if self._connection is None or not is_ours:
            self.close()
            self._name, self._process = current, os.getpid()
            self._connection = _connect(self._layout, current)
        return self._connection

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            known = meaning(error, self._layout.store)
            if isinstance(known, DamagedDatabaseError):
                self._note_damage()
            raise known from error
        except UnicodeDecodeError as error:
            # Found by Python's module, in some places without an error of its own.
            self._note_damage()
            raise DamagedDatabaseError(str(error)) from error
        except DamagedDatabaseError:
            self._note_damage()
            raise

    def _note_damage(self) -> None:
        """Have the next one who connects rebuild the database."""
        name, self._name = self._name, None
        if name is not None:
            with suppress(OSError):
                _note_condition(self._layout, f"{_DAMAGED} {name.file_name}")


def create_database(file: Path, fill: Callable[[sqlite3.Connection], None]) -> None:
    """Make a new database, filled by `fill`, at a place nobody looks at yet."""
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.executescript(TABLES)
        with _immediate(connection):
            fill(connection)
    finally:
        connection.close()


def open_old_database(file: Path) -> sqlite3.Connection:
    """Return a connection that only reads a database of any schema."""
    return sqlite3.connect(
        file_address(file, "mode=rw"), uri=True, timeout=BUSY_TIMEOUT_SECONDS
    )


def _connect(layout: Layout, name: DatabaseName) -> sqlite3.Connection:
    file = layout.databases / name.file_name
    is_writable = _is_writable(layout, name)
    connection = sqlite3.connect(
        file_address(file, "mode=rw" if is_writable else _read_only(file)),
        uri=True,
        timeout=BUSY_TIMEOUT_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        _prepare(connection, name)
        if is_writable:
            _check_once_per_boot(connection, layout, name)
    except BaseException:
        connection.close()
        raise
    return connection


def _is_writable(layout: Layout, name: DatabaseName) -> bool:
    file = layout.databases / name.file_name
    return os.access(file, os.W_OK) and os.access(layout.databases, os.W_OK)


def _read_only(file: Path) -> str:
    """Return how to open a database in a folder that cannot be written to."""
    log = file.with_name(f"{file.name}-wal")
    has_log = log.exists() and log.stat().st_size > 0
    # Without a log there is nobody to share with, and SQLite would still want
    # to create one.
    return "mode=ro" if has_log else "immutable=1"


def _prepare(connection: sqlite3.Connection, name: DatabaseName) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    # Tables of one connection must not need room on a full disk.
    connection.execute("PRAGMA temp_store = MEMORY")
    # Nothing here is secret: Debian's SQLite would overwrite each row that goes.
    connection.execute("PRAGMA secure_delete = OFF")
    # What 100,000s of rows that go have changed is written once, not over and over.
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (schema,) = connection.execute("PRAGMA user_version").fetchone()
    if (application, schema) != (APPLICATION_ID, name.schema):
        raise DamagedDatabaseError("its header is wrong")


def _check_once_per_boot(
    connection: sqlite3.Connection, layout: Layout, name: DatabaseName
) -> None:
    # Only a power cut or a bad disk damages SQLite's file, a killed process
    # does not; so the check need not slow down every command.
    sound = f"{_boot_id()} {name.file_name}"
    condition = _find_condition(layout)
    if condition == sound:
        return
    if condition == f"{_DAMAGED} {name.file_name}":
        raise DamagedDatabaseError("it was found damaged earlier")
    (answer,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if answer != "ok":
        raise DamagedDatabaseError(str(answer))
    _note_condition(layout, sound)


def _find_condition(layout: Layout) -> str | None:
    try:
        return (layout.databases / "condition").read_text("utf-8", "replace")
    except FileNotFoundError:
        return None


def _note_condition(layout: Layout, condition: str) -> None:
    # No need to be whole: a part of it only leads to one check more.
    (layout.databases / "condition").write_text(condition, "utf-8")


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text("utf-8").strip()
    except OSError:
        return "unknown"


@contextmanager
def _immediate(connection: sqlite3.Connection) -> Generator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk ends the transaction by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
