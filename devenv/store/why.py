"""Why a path is kept: all that keeps it, and the ways down to it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from devenv.host.sqlite import sqlite3
from devenv.store.context import StoreContext
from devenv.store.keepers import Keeper, Spared, find_claims, find_dead, find_keepers
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What keeps a path, and a shortest way there: base names, the path's own last."""

    keeper: Keeper
    way: tuple[str, ...]


def reasons_for(context: StoreContext, base: str) -> tuple[Reason, ...]:
    """Return everything that keeps a path, the shortest ways first; none if nothing.

    Raises:
        StoreError: it cannot be told what must be kept.
    """

    def look(connection: sqlite3.Connection) -> tuple[Reason, ...]:
        claims = list(find_claims(context, connection, Spared()))
        ways = _ways_down(_referrers(connection), base)
        found = {
            keeper: Reason(keeper=keeper, way=ways[claimed])
            for claimed, keeper in reversed(claims)
            if claimed in ways
        }
        return tuple(
            sorted(
                found.values(),
                key=lambda it: (len(it.way), it.keeper.kind, it.keeper.name),
            )
        )

    return context.database.read_at_once(look)


def nearest_keepers(
    context: StoreContext, spared: Spared
) -> dict[str, tuple[Keeper, int]]:
    """Return of every path that is kept by what, and how many steps away, by name."""

    def look(connection: sqlite3.Connection) -> dict[str, tuple[Keeper, int]]:
        keepers = find_keepers(context, connection, spared)
        everything = {b for (b,) in connection.execute("SELECT base FROM path")}
        # Names that are only planned are kept, too, but are not there.
        kept = everything - set(find_dead(connection, keepers))
        return _nearest(
            {b: keepers[b] for b in sorted(keepers) if b in kept}, connection
        )

    return context.database.read_at_once(look)


def _nearest(
    keepers: Mapping[str, Keeper], connection: sqlite3.Connection
) -> dict[str, tuple[Keeper, int]]:
    references = _references(connection)
    found = {base: (keeper, 0) for base, keeper in keepers.items()}
    waiting = list(found)
    for base in waiting:
        keeper, steps = found[base]
        for target in references[base]:
            if target not in found:
                found[target] = (keeper, steps + 1)
                waiting.append(target)
    return dict(sorted(found.items()))


def _ways_down(
    referrers: Mapping[str, Iterable[str]], base: str
) -> dict[str, tuple[str, ...]]:
    """Return a shortest way to `base` from everything that leads there."""
    ways: dict[str, tuple[str, ...]] = {base: (base,)}
    waiting = [base]
    for name in waiting:
        for referrer in referrers.get(name, ()):
            if referrer not in ways:
                ways[referrer] = (referrer, *ways[name])
                waiting.append(referrer)
    return ways


def _references(connection: sqlite3.Connection) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for referrer, target in _edges(connection):
        found[referrer].append(target)
    return found


def _referrers(connection: sqlite3.Connection) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for referrer, target in _edges(connection):
        found[target].append(referrer)
    return found


def _edges(connection: sqlite3.Connection) -> Iterable[tuple[str, str]]:
    return connection.execute(
        "SELECT a.base, b.base FROM reference"
        " JOIN path AS a ON a.id = referrer JOIN path AS b ON b.id = target"
        " ORDER BY a.base, b.base"
    )
