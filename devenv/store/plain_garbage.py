"""What of a store nothing keeps, where that is plain to see.

For `devenv gc --dry-run`, which must be quick: texts and numbers only, hardly an
import, and no value made in Python for a path but the row that is shown. Wherever it
is not as plain as that (another state folder, somebody at work, a database to be looked
after) the answer is None, and `devenv.store.keepers`
has it. Nothing rests on it: a collection finds out by itself what is dead.
"""

import os

from devenv.host.names_in_use import names_in_use_beside
from devenv.store.dead_paths import DEAD, GRACE_SECONDS, MAKE_CHOSEN
from devenv.store.measure import IS_LINKING, own_bytes_of_each
from devenv.store.schema_number import APPLICATION_ID, SCHEMA

try:
    # Without the package around it, which knows of dates and takes 4 ms to import.
    import _sqlite3 as sqlite3
except ImportError:
    import sqlite3  # type: ignore[no-redef]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from sqlite3 import Connection

    Dead = tuple[list[str], list[int]]
    """Base names of paths, and the disk's bytes that the going of each gives back."""

_BOOT_ID = "/proc/sys/kernel/random/boot_id"
_TIMEOUT_SECONDS = 60
_UNMEASURED = "?"
_ROWS = f"""{DEAD}
SELECT group_concat(base, ' '), group_concat(coalesce(own_bytes, '{_UNMEASURED}'), ' ')
FROM (
    SELECT base, own_bytes FROM path LEFT JOIN extent USING (id)
    WHERE path.id NOT IN live ORDER BY base
)
"""  # noqa: S608 - a constant
"""Two texts: a value in Python for each path takes longer than to find it."""
_UNKNOWN = f"""{DEAD}
SELECT path.id, base, {IS_LINKING}
FROM path LEFT JOIN extent USING (id)
WHERE path.id NOT IN live AND own_bytes IS NULL
"""  # noqa: S608 - a constant
_REMEMBER = """
INSERT OR REPLACE INTO extent (id, own_bytes)
SELECT path.id, value FROM json_each(?) JOIN path ON path.id = CAST(key AS INTEGER)
"""
_MOST_TO_MEASURE = 20_000
"""More take a second: then the progress is shown."""
_HEAD = """
SELECT application_id, user_version, EXISTS (SELECT 1 FROM lease),
    EXISTS (SELECT 1 FROM path WHERE is_lost = 1)
FROM pragma_application_id, pragma_user_version
"""
_USED = "INSERT OR IGNORE INTO temp.chosen VALUES (?)"
_TOO_YOUNG = "INSERT OR IGNORE INTO temp.chosen SELECT base FROM path WHERE made_at > ?"


def find_plainly(
    store: str,
    state: str,
    *,
    keep: "Callable[[Connection], bool]",
    now_seconds: float | None,
) -> "Dead | None":
    """Return the paths that nothing keeps, by name; None if it is not plain.

    Those that were never measured are, and what that told is remembered.

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
    find_used = names_in_use_beside(store)
    connection = _connected(store)
    if connection is None:
        return None
    try:
        if not _choose(connection, keep, now_seconds):
            return None
        found = _dead(connection)
        used = find_used()
        # Mostly roots keep what is in use, and then the answer holds.
        if used and (found is None or not used.keys().isdisjoint(found[0])):
            names = [(base,) for base in used]
            connection.executemany(_USED, names)
            found = _dead(connection)
        if found is None and _measure(connection, store):
            found = _dead(connection)
        return found
    finally:
        connection.close()


def _choose(
    connection: "Connection",
    keep: "Callable[[Connection], bool]",
    now_seconds: float | None,
) -> bool:
    """Have in `temp.chosen` what is kept directly, but for what processes use.

    Returns:
        Whether that is plain.
    """
    connection.execute("BEGIN")
    if _is_complicated(connection):
        return False
    connection.execute(MAKE_CHOSEN)
    if not keep(connection):
        return False
    if now_seconds is not None:
        connection.execute(_TOO_YOUNG, (int(now_seconds - GRACE_SECONDS),))
    return True


def _dead(connection: "Connection") -> "Dead | None":
    """Return what `temp.chosen` does not reach; None if some was never measured."""
    bases, sizes = connection.execute(_ROWS).fetchone()
    if bases is None:
        return [], []
    if _UNMEASURED in sizes:
        return None
    return bases.split(" "), list(map(int, sizes.split(" ")))


def _measure(connection: "Connection", store: str) -> bool:
    """Measure what was not yet, unless that would take longer than anybody waits."""
    unknown = connection.execute(_UNKNOWN).fetchall()
    connection.execute("COMMIT")
    if len(unknown) > _MOST_TO_MEASURE:
        return False
    wanted = [(base, bool(is_linking)) for _, base, is_linking in unknown]
    found = list(own_bytes_of_each(store, wanted))
    if None in found:
        return False
    pairs = [f'"{row[0]}":{size}' for row, size in zip(unknown, found, strict=True)]
    # What a power cut takes back is measured again.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(_REMEMBER, ("{" + ",".join(pairs) + "}",))
    connection.execute("COMMIT")
    return True


def _states(store: str) -> list[bytes]:
    """Return the folders that are noted to have roots into the store."""
    names = os.listdir(f"{store}/.states")  # noqa: PTH208
    return [_content(f"{store}/.states/{n}") for n in names if not n.startswith(".")]


def _connected(store: str) -> "Connection | None":
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


def _is_complicated(connection: "Connection") -> bool:
    """Tell whether somebody is at work, or something is not as it was left."""
    found: tuple[int, ...] = connection.execute(_HEAD).fetchone()
    return found != (APPLICATION_ID, SCHEMA, 0, 0)


def _content(file: str) -> bytes:
    with open(file, "rb", buffering=0) as opened:  # noqa: PTH123
        return opened.read()
