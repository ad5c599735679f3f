"""The database's tables and the statements on them.

A row of `path` holds the record's text and its checksum, so that a disk that
changes bytes silently is noticed. References and leases have tables of their
own, because the collector walks them in SQL. `id` orders registrations; no
decision rests on the clock alone. `extent` remembers what was measured: what
going would give back.
"""

from collections.abc import Iterable, Sequence

from devenv import plain_json
from devenv.host.sqlite import sqlite3
from devenv.store.dead_paths import MAKE_CHOSEN
from devenv.store.sidecar import Record, checksum, record_text

_FIRST_TABLES = """
CREATE TABLE path (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    base TEXT NOT NULL UNIQUE,
    record TEXT NOT NULL,
    checksum TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    is_lost INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE reference (
    referrer INTEGER NOT NULL REFERENCES path (id) ON DELETE CASCADE,
    target INTEGER NOT NULL REFERENCES path (id) ON DELETE RESTRICT,
    PRIMARY KEY (referrer, target)
) WITHOUT ROWID;
CREATE INDEX reference_by_target ON reference (target);
CREATE TABLE lease (
    token TEXT NOT NULL,
    base TEXT NOT NULL,
    PRIMARY KEY (token, base)
) WITHOUT ROWID;
"""

UPGRADES = {
    1: """
CREATE INDEX path_by_time ON path (made_at);
CREATE INDEX path_lost ON path (base) WHERE is_lost = 1;
CREATE TABLE extent (
    id INTEGER PRIMARY KEY REFERENCES path (id) ON DELETE CASCADE,
    own_bytes INTEGER NOT NULL
);
""",
}
"""What makes the next schema out of each older one."""

TABLES = "".join((_FIRST_TABLES, *UPGRADES.values()))

_SELECT = "SELECT base, record, checksum FROM path WHERE is_lost = 0"

_CHUNK = 500
"""Names in one statement; SQLite's old limit is 999 parameters."""


def register(connection: sqlite3.Connection, records: Sequence[Record]) -> None:
    """Insert rows for `records`, and then their references."""
    for record in records:
        text = record_text(record)
        connection.execute(
            "INSERT INTO path (base, record, checksum, size_bytes, made_at)"
            " VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (base) DO UPDATE SET record = excluded.record,"
            " checksum = excluded.checksum, size_bytes = excluded.size_bytes,"
            " made_at = excluded.made_at, is_lost = 0",
            (
                record.info.path.base,
                text,
                checksum(text),
                record.info.size_bytes,
                int(record.made_at.timestamp()),
            ),
        )
    for record in records:
        _refer(connection, record)


def unregister(connection: sqlite3.Connection, bases: Iterable[str]) -> list[str]:
    """Delete rows; who refers to one of them must be among them.

    Returns:
        What was registered, in the order in which it was made: the disk has it in
        that order, too.
    """
    connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS doomed (id INTEGER PRIMARY KEY)"
    )
    # In the order of the rows, so that each page is changed once.
    connection.execute(
        "INSERT OR IGNORE INTO temp.doomed SELECT path.id"
        " FROM json_each(?) CROSS JOIN path ON base = value ORDER BY path.id",
        (plain_json.dumps(list(bases)),),
    )
    rows = connection.execute(
        "SELECT base FROM temp.doomed CROSS JOIN path USING (id) ORDER BY id"
    ).fetchall()
    for question in (
        "DELETE FROM reference WHERE referrer IN temp.doomed",
        "DELETE FROM extent WHERE id IN temp.doomed",
        "DELETE FROM path WHERE id IN temp.doomed",
        "DELETE FROM temp.doomed",
    ):
        connection.execute(question)
    return [base for (base,) in rows]


def choose(connection: sqlite3.Connection, bases: Iterable[str]) -> None:
    """Make `bases` the rows of `temp.chosen`, which only this connection sees."""
    connection.execute(MAKE_CHOSEN)
    connection.execute("DELETE FROM temp.chosen")
    # One text: a call for each takes three times as long.
    connection.execute(
        "INSERT OR IGNORE INTO temp.chosen SELECT value FROM json_each(?)",
        (plain_json.dumps(list(bases)),),
    )


def mark_lost(connection: sqlite3.Connection, bases: Iterable[str]) -> None:
    """Note that these paths are no longer there, though others refer to them."""
    connection.executemany(
        "UPDATE path SET is_lost = 1 WHERE base = ?", [(base,) for base in bases]
    )


def find_rows(
    connection: sqlite3.Connection, bases: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Return (base, record, checksum) of those of `bases` that are registered."""
    rows: list[tuple[str, str, str]] = []
    for start in range(0, len(bases), _CHUNK):
        some = bases[start : start + _CHUNK]
        marks = ",".join("?" * len(some))
        rows += connection.execute(
            f"{_SELECT} AND base IN ({marks})",
            some,
        )
    return rows


def registered_among(connection: sqlite3.Connection, bases: Iterable[str]) -> set[str]:
    """Return those of `bases` that are registered."""
    rows = connection.execute(
        "SELECT base FROM json_each(?) CROSS JOIN path ON base = value"
        " WHERE is_lost = 0",
        (plain_json.dumps(list(bases)),),
    )
    return {base for (base,) in rows}


def all_registered(connection: sqlite3.Connection) -> set[str]:
    """Return the names of all registered paths."""
    # Two looks into indexes: a row's flag stands behind its long record.
    lost = connection.execute("SELECT base FROM path WHERE is_lost = 1")
    every = connection.execute("SELECT base FROM path")
    return {base for (base,) in every} - {base for (base,) in lost}


def all_rows(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """Return (base, record, checksum) of every registered path."""
    return connection.execute(f"{_SELECT} ORDER BY base").fetchall()


def add_leases(
    connection: sqlite3.Connection, token: str, bases: Iterable[str]
) -> None:
    """Protect `bases`, valid or not yet, for the session `token`."""
    connection.executemany(
        "INSERT OR IGNORE INTO lease (token, base) VALUES (?, ?)",
        [(token, base) for base in bases],
    )


def drop_leases(connection: sqlite3.Connection, token: str) -> None:
    """Forget everything the session `token` protected."""
    connection.execute("DELETE FROM lease WHERE token = ?", (token,))


def leased(connection: sqlite3.Connection) -> set[str]:
    """Return every name that some session protects."""
    return {base for (base,) in connection.execute("SELECT base FROM lease")}


def _refer(connection: sqlite3.Connection, record: Record) -> None:
    base = record.info.path.base
    connection.execute(
        "DELETE FROM reference WHERE referrer = (SELECT id FROM path WHERE base = ?)",
        (base,),
    )
    # A target that is missing gives NULL, which the table refuses.
    connection.executemany(
        "INSERT INTO reference (referrer, target) VALUES"
        " ((SELECT id FROM path WHERE base = ?), (SELECT id FROM path WHERE base = ?))",
        [(base, target) for target in record.info.references],
    )
