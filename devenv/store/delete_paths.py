"""Deleting single paths that nothing keeps, and saying why others live."""

from collections.abc import Collection, Mapping
from functools import partial

from devenv.host.sqlite import sqlite3
from devenv.store.collector_lock import collector_locked
from devenv.store.context import StoreContext
from devenv.store.discard import Removed, discard
from devenv.store.failures import explained
from devenv.store.keepers import Keeper, Spared, find_dead, find_keepers
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Alive:
    """Why a path lives: who keeps the last of `chain`, which leads down to it.

    `chain` begins with what refers to the path directly; it is empty if the path
    itself is kept. Without a keeper, what refers to it is garbage, too.
    """

    base: str
    chain: tuple[str, ...]
    keeper: Keeper | None


class AliveError(Exception):
    """Some of the paths to delete live.

    Args:
        alive: them, with the reasons.
    """

    def __init__(self, alive: Collection[Alive]) -> None:
        super().__init__(f"{len(alive)} paths live")
        self.alive = tuple(alive)


def delete_paths(context: StoreContext, bases: Collection[str]) -> Removed:
    """Remove exactly these registered paths, or none of them.

    Raises:
        AliveError: something needs one of them.
        StoreError: it cannot be told what is needed.
    """
    with explained(context.layout.store), collector_locked(context.layout):
        return discard(context, partial(_checked, context, bases))


def why_alive(context: StoreContext, base: str) -> Alive | None:
    """Return why a path lives; None if it is garbage that nothing refers to."""

    def look(connection: sqlite3.Connection) -> Alive | None:
        # Youth last: it is the weakest reason, and soon none.
        old, young = (
            _reason(
                connection,
                base,
                find_keepers(context, connection, Spared(is_now=is_now)),
                frozenset(),
            )
            for is_now in (True, False)
        )
        return old if old and old.keeper else young

    return context.database.read_at_once(look)


def referrers(connection: sqlite3.Connection, base: str) -> list[str]:
    """Return the names of the paths that refer to one, by name."""
    rows = connection.execute(
        "SELECT referring.base FROM reference"
        " JOIN path AS referring ON referring.id = referrer"
        " JOIN path AS referred ON referred.id = target"
        " WHERE referred.base = ? ORDER BY referring.base",
        (base,),
    )
    return [found for (found,) in rows]


def _checked(
    context: StoreContext, bases: Collection[str], connection: sqlite3.Connection
) -> Collection[str]:
    # Who names a path means it, however young it is.
    keepers = find_keepers(context, connection, Spared(is_now=True))
    dead = set(find_dead(connection, keepers))
    doomed = frozenset(bases)
    alive = [
        reason
        for base in sorted(doomed)
        if (reason := _reason(connection, base, keepers, doomed & dead))
    ]
    if alive:
        raise AliveError(alive)
    return doomed


def _reason(
    connection: sqlite3.Connection,
    base: str,
    keepers: Mapping[str, Keeper],
    going: Collection[str],
) -> Alive | None:
    """Return what keeps a path, by the shortest way; what is `going` keeps nothing."""
    first: Alive | None = None
    waiting: list[tuple[str, ...]] = [(base,)]
    seen = {base}
    for way in waiting:
        if way[-1] in keepers:
            return Alive(base=base, chain=way[1:], keeper=keepers[way[-1]])
        for referrer in referrers(connection, way[-1]):
            if referrer not in seen and referrer not in going:
                seen.add(referrer)
                waiting.append((*way, referrer))
                first = first or Alive(base=base, chain=(referrer,), keeper=None)
    return first
