"""What `devenv gc` would do, where that is plain; see `devenv.store.plain_garbage`.

Plain are roots that nobody would drop: of projects that are there, of links that point
where they should, and of ad-hoc environments used of late.
"""

import os

from devenv.host.project_folder import SPEC_FILE
from devenv.operations.leftover_files import (
    DAY_SECONDS,
    find_leftovers,
    stale_cache_files,
    whole_bytes,
)
from devenv.store.plain_garbage import find_plainly

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

    from devenv.store.plain_garbage import Dead

    LeftoverRow = tuple[str, int, int]
    """Files of one kind: their kind, how many, and their bytes."""

UNUSED_SECONDS = 14 * DAY_SECONDS
_FIELD = "SELECT json_extract(?, ?)"
_KEPT = "SELECT value FROM json_each(?, '$.paths')"
_KEEP = f"INSERT OR IGNORE INTO temp.chosen {_KEPT}"
_JSON = ".json"


def plan_plainly(
    store: str, state: str, cache: str, *, now_seconds: float, is_now: bool
) -> "tuple[Dead, list[LeftoverRow]] | None":
    """Return the paths and the leftovers that would go; None if it is not plain.

    Args:
        store: the store's folder.
        state: the state folder.
        cache: the cache's folder.
        now_seconds: the time now.
        is_now: whether what is young goes, too.

    Raises:
        OSError, ValueError, sqlite3.Error: it is not plain either.
    """
    roots = sorted(
        name.removesuffix(_JSON)
        for name in _names(f"{state}/roots")
        if name.endswith(_JSON) and not name.startswith(".")
    )

    def keep(connection: "sqlite3.Connection") -> bool:
        return all(
            _keep_root(connection, f"{state}/roots/{name}", store, now_seconds)
            for name in roots
        )

    grace = None if is_now else now_seconds
    dead = find_plainly(store, state, keep=keep, now_seconds=grace)
    if dead is None:
        return None
    found = stale_cache_files(cache, now_seconds=now_seconds)
    found |= find_leftovers(state, roots, now_seconds=now_seconds)
    return dead, [
        (kind, len(paths), sum(map(whole_bytes, paths)))
        for kind, paths in sorted(found.items())
    ]


def _keep_root(
    connection: "sqlite3.Connection", place: str, store: str, now_seconds: float
) -> bool:
    """Keep what a root keeps, if it is plain that it would not be dropped."""
    with open(f"{place}{_JSON}", encoding="ascii") as file:  # noqa: PTH123
        text = file.read()
    # SQLite reads JSON as well as Python, which takes 6 ms to learn it.
    form, kind, label = (
        connection.execute(_FIELD, (text, f"$.{field}")).fetchone()[0]
        for field in ("format", "kind", "label")
    )
    connection.execute(_KEEP, (text,))
    name = os.path.basename(place)  # noqa: PTH119
    if form != 1:
        return False
    if kind == "ad-hoc":
        used = os.stat(f"{place}.used").st_mtime  # noqa: PTH116
        return now_seconds - UNUSED_SECONDS < used <= now_seconds
    if name.startswith("link-"):
        target = os.readlink(label)  # noqa: PTH115
        kept = [f"{store}/{base}" for (base,) in connection.execute(_KEPT, (text,))]
        return target in kept
    return kind == "project" and os.path.isfile(f"{label}/{SPEC_FILE}")  # noqa: PTH113


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208
    except FileNotFoundError:
        return []
