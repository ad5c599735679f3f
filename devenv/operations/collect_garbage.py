"""`devenv gc`: what nobody needs goes, and is told about before."""

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from devenv.errors import StoreError
from devenv.operations.collect_leftovers import remove_leftovers
from devenv.operations.collect_roots import drop_roots, note_what_is_gone, stale_roots
from devenv.operations.doors import Doors
from devenv.operations.leftover_files import (
    find_leftovers,
    stale_cache_files,
    whole_bytes,
)
from devenv.plan.expire_roots import Expiry
from devenv.store.collect import NO_LIMITS, Limits, collect, find_garbage
from devenv.store.keepers import Keeper, Spared
from devenv.store.why import nearest_keepers
from devenv.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """Files beside the store that serve nobody: what they are, and the disk's bytes."""

    kind: str
    paths: tuple[Path, ...]
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a collection would do now.

    `roots` are dropped, each for a reason; `dead` are the store paths that nothing
    keeps then, with the bytes of each; `kept` says of the others what keeps each, and
    how many references away, where that was asked for.
    """

    roots: Mapping[str, str]
    dead: Mapping[str, int]
    leftovers: tuple[Leftover, ...]
    kept: Mapping[str, tuple[Keeper, int]] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        """The disk's bytes that would be free again."""
        return sum(self.dead.values()) + sum(item.bytes for item in self.leftovers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a collection did."""

    roots: Mapping[str, str]
    path_count: int
    leftovers: tuple[Leftover, ...]
    freed_bytes: int


def plan_collection(
    doors: Doors, expiry: Expiry, limits: Limits = NO_LIMITS, *, explains: bool = False
) -> Plan:
    """Return what `collect_garbage` would do, changing nothing.

    Raises:
        StoreError: it cannot be told what must be kept.
    """
    roots = stale_roots(doors, expiry)
    spared = Spared(roots=frozenset(roots), is_now=expiry.is_now)
    garbage = doors.store.look(
        partial(find_garbage, spared=spared, limits=limits, progress=doors.display)
    )
    kept = {}
    if explains:
        kept = doors.store.look(partial(nearest_keepers, spared=spared))
    return Plan(roots=roots, dead=garbage.dead, leftovers=_leftovers(doors), kept=kept)


def collect_garbage(
    doors: Doors, expiry: Expiry, limits: Limits = NO_LIMITS
) -> Collected:
    """Drop the roots whose time is over, and remove all that nothing keeps then.

    Raises:
        StoreError: it cannot be told what must be kept, or the store is read-only.
    """
    # On a full disk nothing can be noted, and yet something can be removed.
    with suppress(OSError):
        note_what_is_gone(doors)
    stale = stale_roots(doors, expiry)
    dropped = drop_roots(doors, stale)
    leftovers = _leftovers(doors)
    freed = sum(remove_leftovers(item.paths) for item in leftovers)
    removed = doors.store.change(
        partial(
            collect,
            spared=Spared(is_now=expiry.is_now),
            limits=limits,
            progress=doors.display,
        )
    )
    return Collected(
        roots={name: stale[name] for name in dropped},
        path_count=removed.path_count,
        leftovers=leftovers,
        freed_bytes=freed + removed.freed_bytes,
    )


def _leftovers(doors: Doors) -> tuple[Leftover, ...]:
    state, cache = doors.directories.state, doors.directories.cache
    now_seconds = doors.clock.now().timestamp()
    found: dict[str, list[str]] = {}
    with suppress(OSError):
        found |= stale_cache_files(str(cache), now_seconds=now_seconds)
    with suppress(OSError, StoreError):
        names = [root.name for root in doors.store.roots()]
        found |= find_leftovers(str(state), names, now_seconds=now_seconds)
    return tuple(
        Leftover(
            kind=kind,
            paths=tuple(map(Path, paths)),
            bytes=sum(map(whole_bytes, paths)),
        )
        for kind, paths in sorted(found.items())
    )
