"""How much disk a path takes by itself: what its going would give back.

A file counts with the blocks that it takes, folders too, and once, however many
names it has; so does the path's record. A tree's hard links into its parts are its
parts' files. Paths never change, so what was measured is remembered.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from functools import partial

from devenv.errors import StoreError
from devenv.host.sqlite import sqlite3
from devenv.store.context import StoreContext
from devenv.store.measure import IS_LINKING, LINKING_KINDS, own_bytes_of_each
from devenv.store.schema import choose
from devenv.store.sidecar import Record


def own_extents(
    context: StoreContext,
    bases: Collection[str],
    *,
    measured: Callable[[int], None] = lambda _: None,
) -> dict[str, int]:
    """Return the bytes that each of `bases` takes by itself; none for one not there.

    `measured` hears how many more have been looked at.
    """
    known, unknown = context.database.read(partial(_remembered, bases=bases))
    measured(len(known))
    fresh: dict[str, int] = {}
    store = str(context.layout.store)
    found = own_bytes_of_each(store, list(unknown.items()))
    for base, size in zip(unknown, found, strict=True):
        if size is not None:
            fresh[base] = size
        measured(1)
    if fresh:
        # A store that cannot be written to is measured again the next time.
        with suppress(OSError, StoreError):
            context.database.write(
                partial(remember_extents, fresh=fresh), is_durable=False
            )
    return known | fresh


def extents_at_first(
    context: StoreContext, records: Iterable[Record]
) -> dict[str, int]:
    """Return what new paths take, as far as that is quickly told.

    They must be on the disk: before, some file systems have not chosen the blocks. What
    links to other paths is measured when somebody asks, for most of its files do not
    count.
    """
    wanted = [
        (record.info.path.base, False)
        for record in records
        if record.info.kind.value not in LINKING_KINDS
    ]
    found: dict[str, int] = {}
    with suppress(OSError):
        sizes = own_bytes_of_each(str(context.layout.store), wanted)
        for (base, _), size in zip(wanted, sizes, strict=True):
            if size is not None:
                found[base] = size
    return found


def forget_extents(connection: sqlite3.Connection) -> None:
    """Have everything measured anew: files were linked to each other since."""
    connection.execute("DELETE FROM extent")


def _remembered(
    connection: sqlite3.Connection, bases: Collection[str]
) -> tuple[dict[str, int], dict[str, bool]]:
    """Return what is known, and of the others whether they link to files of others."""
    choose(connection, bases)
    known: dict[str, int] = {}
    unknown: dict[str, bool] = {}
    rows = connection.execute(
        f"SELECT base, own_bytes, own_bytes IS NULL AND {IS_LINKING}"  # noqa: S608
        " FROM temp.chosen JOIN path USING (base) LEFT JOIN extent USING (id)"
        " WHERE is_lost = 0"
    )
    for base, size, is_linking in rows:
        if size is None:
            unknown[base] = bool(is_linking)
        else:
            known[base] = size
    return known, unknown


def remember_extents(connection: sqlite3.Connection, fresh: Mapping[str, int]) -> None:
    """Note what the paths of these names, as far as there are rows, take."""
    connection.executemany(
        "INSERT OR REPLACE INTO extent (id, own_bytes)"
        " SELECT id, ? FROM path WHERE base = ?",
        [(size, base) for base, size in fresh.items()],
    )
