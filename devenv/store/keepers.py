"""Who keeps what: roots, leases, processes, and the grace of what is young.

All of it is looked at within one transaction of the database that lets nobody else
write: a process gives up its lease, which takes a transaction too, only after its
root stands in a file. So what a realise has planned or made is seen here as leased
or as rooted, and never as neither.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum

from devenv.host.names_in_use import names_in_use
from devenv.host.running import command_of
from devenv.host.sqlite import sqlite3
from devenv.store.context import StoreContext
from devenv.store.dead_paths import DEAD, GRACE_SECONDS
from devenv.store.leases import is_token_living, read_lease
from devenv.store.schema import choose
from devenv.store.states import all_roots
from devenv.values import dataclass

GRACE = timedelta(seconds=GRACE_SECONDS)

_FIND_DEAD = f"""{DEAD}
SELECT base FROM path WHERE path.id NOT IN live ORDER BY base
"""  # noqa: S608 - a constant


class Kind(StrEnum):
    """What sort of thing keeps a path."""

    ROOT = "root"
    LEASE = "lease"
    PROCESS = "process"
    YOUNG = "young"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """One thing that keeps paths: a root by its name, a process by its number."""

    kind: Kind
    name: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spared:
    """What does not count: roots of this name, and, if `is_now`, any grace."""

    roots: frozenset[str] = frozenset()
    is_now: bool = False


def find_keepers(
    context: StoreContext, connection: sqlite3.Connection, spared: Spared
) -> dict[str, Keeper]:
    """Return what is kept directly, by name, each with one keeper: roots first.

    Raises:
        StoreError: a root cannot be understood, or its folder is not there.
    """
    found: dict[str, Keeper] = {}
    for base, keeper in find_claims(context, connection, spared):
        found.setdefault(base, keeper)
    return found


def find_dead(connection: sqlite3.Connection, kept: Iterable[str]) -> list[str]:
    """Return the names that `kept` does not reach, by name, lost ones included."""
    choose(connection, kept)
    return [base for (base,) in connection.execute(_FIND_DEAD)]


def find_claims(
    context: StoreContext, connection: sqlite3.Connection, spared: Spared
) -> Iterable[tuple[str, Keeper]]:
    """Yield everything that is kept directly with what keeps it, roots first."""
    now = context.clock()
    states = all_roots(context.layout, now=now, is_now=spared.is_now)
    for roots in states.values():
        for root in roots:
            if root.name not in spared.roots:
                keeper = Keeper(kind=Kind.ROOT, name=root.name, label=root.label)
                yield from ((path.base, keeper) for path in root.paths)
    yield from _leased(context, connection)
    yield from _used(names_in_use(str(context.layout.store)))
    if not spared.is_now:
        young = Keeper(kind=Kind.YOUNG, name="", label="just made")
        after = int((now - GRACE).timestamp())
        rows = connection.execute("SELECT base FROM path WHERE made_at > ?", (after,))
        yield from ((base, young) for (base,) in rows)


def _leased(
    context: StoreContext, connection: sqlite3.Connection
) -> Iterable[tuple[str, Keeper]]:
    tokens = connection.execute("SELECT DISTINCT token FROM lease").fetchall()
    for (token,) in tokens:
        if not is_token_living(context.layout, token):
            continue
        holder = read_lease(context.layout.leases / token).holder
        keeper = Keeper(
            kind=Kind.LEASE,
            name=str(holder.pid) if holder else "",
            label=holder.command if holder else "",
        )
        rows = connection.execute("SELECT base FROM lease WHERE token = ?", (token,))
        yield from ((base, keeper) for (base,) in rows)


def _used(pids: Mapping[str, int]) -> Iterable[tuple[str, Keeper]]:
    known: dict[int, Keeper] = {}
    for base, pid in pids.items():
        if pid not in known:
            known[pid] = Keeper(kind=Kind.PROCESS, name=str(pid), label=command_of(pid))
        yield base, known[pid]
