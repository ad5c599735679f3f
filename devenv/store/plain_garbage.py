"""What of a store nothing keeps, where that is plain to see.

For `devenv gc --dry-run`, which must be quick: texts and numbers only, hardly an
import, and no value made in Python for a path but the row that is shown. Wherever it
is not as plain as that (another state folder, somebody at work, a path that was never
measured, a database to be looked after) the answer is None, and `devenv.store.keepers`
has it. Nothing rests on it: a collection finds out by itself what is dead.
"""

import os
import sqlite3

from devenv.host.names_in_use import names_in_use
from devenv.store.dead_paths import DEAD, GRACE_SECONDS, MAKE_CHOSEN
from devenv.store.schema_number import APPLICATION_ID, SCHEMA

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Row = tuple[str, int]
    """The base name of a path, and the disk's bytes that its going gives back."""

_BOOT_ID = "/proc/sys/kernel/random/boot_id"
_TIMEOUT_SECONDS = 60
_ROWS = f"""{DEAD}
SELECT base, own_bytes FROM path LEFT JOIN extent USING (id)
WHERE path.id NOT IN live ORDER BY base
"""  # noqa: S608 - a constant
_TOO_YOUNG = "INSERT OR IGNORE INTO temp.chosen SELECT base FROM path WHERE made_at > ?"


def find_plainly(
    store: str,
    state: str,
    *,
    keep: "Callable[[sqlite3.Connection], bool]",
    now_seconds: float | None,
) -> "list[Row] | None":
    """Return the paths that nothing keeps, by name; None if it is not plain.

    Args:
        store: the store's folder.
        state: the only state folder with roots.
        keep: inserts what roots keep into `temp.chosen`, unless that is not plain.
        now_seconds: the time now, where what is young stays; None where it does not.

    Raises:
        OSError, ValueError, sqlite3.Error: it is not plain either.
    """
    if _states(store) != [os.fsencode(state)]:
        return None
    connection = _connected(store)
    if connection is None:
        return None
    try:
        return _dead_rows(connection, store, keep, now_seconds)
    finally:
        connection.close()


def _dead_rows(
    connection: sqlite3.Connection,
    store: str,
    keep: "Callable[[sqlite3.Connection], bool]",
    now_seconds: float | None,
) -> "list[Row] | None":
    connection.execute("BEGIN")
    if _is_complicated(connection):
        return None
    connection.execute(MAKE_CHOSEN)
    if not keep(connection):
        return None
    if now_seconds is not None:
        connection.execute(_TOO_YOUNG, (int(now_seconds - GRACE_SECONDS),))
    used = [(base,) for base in names_in_use(store)]
    connection.executemany("INSERT OR IGNORE INTO temp.chosen VALUES (?)", used)
    rows: list[Row] = connection.execute(_ROWS).fetchall()
    # Without a size is what was never measured.
    return None if any(size is None for _, size in rows) else rows


def _states(store: str) -> list[bytes]:
    """Return the folders that are noted to have roots into the store."""
    names = os.listdir(f"{store}/.states")  # noqa: PTH208
    return [_content(f"{store}/.states/{n}") for n in names if not n.startswith(".")]


def _connected(store: str) -> "sqlite3.Connection | None":
    """Return a connection to the database that counts, if it needs no care."""
    folder = f"{store}/.database"
    numbers = []
    for name in os.listdir(folder):  # noqa: PTH208
        words = name.split(".")
        if words[0] == "store" and words[-1] == "sqlite":
            numbers.append((int(words[1].removeprefix("v")), int(words[2])))
    schema, generation = max(numbers)
    name = f"store.v{schema}.{generation}.sqlite"
    sound = b"%b %b" % (_content(_BOOT_ID).strip(), name.encode("ascii"))
    if schema != SCHEMA or _content(f"{folder}/condition") != sound:
        return None
    if not (os.access(folder, os.W_OK) and os.access(f"{folder}/{name}", os.W_OK)):
        return None
    # The store's place has no character that would mean something in a URI.
    connection = sqlite3.connect(
        f"file:{folder}/{name}?mode=rw",
        uri=True,
        timeout=_TIMEOUT_SECONDS,
        isolation_level=None,
    )
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def _is_complicated(connection: "sqlite3.Connection") -> bool:
    """Tell whether somebody is at work, or something is not as it was left."""
    found = [
        connection.execute(question).fetchone()[0]
        for question in (
            "PRAGMA application_id",
            "PRAGMA user_version",
            "SELECT EXISTS (SELECT 1 FROM lease)",
            "SELECT EXISTS (SELECT 1 FROM path WHERE is_lost = 1)",
        )
    ]
    return found != [APPLICATION_ID, SCHEMA, 0, 0]


def _content(file: str) -> bytes:
    with open(file, "rb", buffering=0) as opened:  # noqa: PTH123
        return opened.read()
