"""Collecting garbage: what nothing keeps goes, and all that dead processes left."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import partial

from devenv.errors import StoreError
from devenv.host.progress import Progress, Silence
from devenv.host.sqlite import sqlite3
from devenv.plan.choose_garbage import DeadPath, oldest_up_to
from devenv.store.collector_lock import collector_locked
from devenv.store.context import StoreContext
from devenv.store.discard import Removed, discard
from devenv.store.extent import own_extents
from devenv.store.failures import explained
from devenv.store.keepers import Keeper, Spared, find_dead, find_keepers
from devenv.store.schema import choose
from devenv.store.trash import room_bytes
from devenv.values import dataclass, field

RESERVE_NEEDED_BELOW_BYTES = 512 << 10
"""With less room than this the reserve is given up, for the database needs some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When to stop: once so much was freed, or once so much is free."""

    max_bytes: int | None = None
    min_free_bytes: int | None = None

    def wanted_bytes(self, *, freed: int, free: int) -> int | None:
        """Return how much is still to be freed; None for all there is."""
        wanted = []
        if self.max_bytes is not None:
            wanted.append(self.max_bytes - freed)
        if self.min_free_bytes is not None:
            wanted.append(self.min_free_bytes - free)
        return max(0, min(wanted)) if wanted else None


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Garbage:
    """What would go, with the bytes of each, and who keeps what directly."""

    dead: dict[str, int]
    keepers: dict[str, Keeper] = field(default_factory=dict)


def find_garbage(
    context: StoreContext,
    spared: Spared,
    *,
    limits: Limits = NO_LIMITS,
    progress: Progress | None = None,
) -> Garbage:
    """Return what a collection would remove now, changing nothing.

    Raises:
        StoreError: it cannot be told what must be kept.
    """

    def look(connection: sqlite3.Connection) -> tuple[dict[str, Keeper], list[str]]:
        keepers = find_keepers(context, connection, spared)
        return keepers, find_dead(connection, keepers)

    keepers, dead = context.database.read_at_once(look)
    listener = progress or Silence()
    listener.started("measuring", len(dead), is_bytes=False)
    try:
        extents = own_extents(context, dead, measured=listener.advanced)
    finally:
        listener.finished()
    sizes = {base: extents.get(base, 0) for base in dead}
    free = room_bytes(context.layout.store)
    wanted = limits.wanted_bytes(freed=0, free=free)
    if wanted is not None:
        sizes = {base: sizes[base] for base in _choose(context, sizes, wanted)}
    return Garbage(dead=sizes, keepers=keepers)


def collect(
    context: StoreContext,
    spared: Spared,
    *,
    limits: Limits = NO_LIMITS,
    progress: Progress | None = None,
    is_waiting: bool = True,
) -> Removed:
    """Remove what nothing keeps, the oldest first as far as there are limits.

    What is found dead is looked at once more in the transaction that unregisters it:
    what somebody has begun to need since then stays.

    Raises:
        StoreError: it cannot be told what must be kept; nothing was removed.
        BlockingIOError: somebody else collects, and we are not waiting.
    """
    layout = context.layout
    with (
        explained(layout.store),
        collector_locked(layout, is_waiting=is_waiting),
    ):
        if room_bytes(layout.store) < RESERVE_NEEDED_BELOW_BYTES:
            with suppress(OSError):
                layout.reserve.unlink(missing_ok=True)
        removed = _collect(context, spared, limits, progress)
        with suppress(OSError):
            layout.keep_reserve()
        return removed


def make_room(context: StoreContext, wanted_bytes: int) -> Removed:
    """Collect until so much is free, as far as that can be done at once.

    For a disk that is getting full: nothing is waited for, and nothing raised. What
    is too young to go stays, and so does what the calling session keeps.
    """
    limits = Limits(min_free_bytes=wanted_bytes)
    with suppress(OSError, StoreError):
        return collect(context, Spared(), limits=limits, is_waiting=False)
    return Removed(path_count=0, freed_bytes=0)


def _collect(
    context: StoreContext, spared: Spared, limits: Limits, progress: Progress | None
) -> Removed:
    count = freed = 0
    while True:
        free = room_bytes(context.layout.store)
        wanted = limits.wanted_bytes(freed=freed, free=free)
        if wanted == 0:
            return Removed(path_count=count, freed_bytes=freed)
        chosen = None
        if wanted is not None:
            dead = find_garbage(context, spared).dead
            chosen = _choose(context, dead, wanted)
        removed = discard(
            context, partial(_still_dead, context, spared, chosen), progress=progress
        )
        count += removed.path_count
        freed += removed.freed_bytes
        if chosen is None or not removed.path_count:
            return Removed(path_count=count, freed_bytes=freed)


def _choose(
    context: StoreContext, dead: Mapping[str, int], wanted_bytes: int
) -> list[str]:
    rows = context.database.read(partial(_rows, bases=dead))
    paths = [
        DeadPath(
            base=base,
            made_at=made_at,
            own_bytes=dead[base],
            references=tuple((targets or "").split()),
        )
        for base, made_at, targets in rows
    ]
    return oldest_up_to(paths, wanted_bytes)


def _rows(
    connection: sqlite3.Connection, bases: Collection[str]
) -> list[tuple[str, int, str | None]]:
    choose(connection, bases)
    return connection.execute(
        "SELECT path.base, made_at, (SELECT group_concat(target.base, ' ')"
        " FROM reference JOIN path AS target ON target.id = reference.target"
        " WHERE referrer = path.id)"
        " FROM temp.chosen JOIN path USING (base)"
    ).fetchall()


def _still_dead(
    context: StoreContext,
    spared: Spared,
    chosen: Collection[str] | None,
    connection: sqlite3.Connection,
) -> Collection[str]:
    dead = find_dead(connection, find_keepers(context, connection, spared))
    if chosen is None:
        return dead
    wanted = set(chosen)
    # What became dead since may refer to what was chosen: that stays for now.
    return _closed_upward(connection, [base for base in dead if base in wanted])


def _closed_upward(
    connection: sqlite3.Connection, bases: Collection[str]
) -> Collection[str]:
    """Return those of `bases` to which nothing outside of them leads."""
    choose(connection, bases)
    spared = connection.execute(
        "WITH RECURSIVE held (id) AS ("
        " SELECT id FROM path WHERE base NOT IN (SELECT base FROM temp.chosen)"
        " UNION SELECT target FROM reference JOIN held ON referrer = held.id)"
        " SELECT base FROM path JOIN temp.chosen USING (base)"
        " WHERE id NOT IN held"
    )
    return [base for (base,) in spared]
