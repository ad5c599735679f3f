"""`devenv store du`: what takes the disk's room, by who keeps it and by package."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from devenv.host.files import allocated_bytes
from devenv.model.store_path import PathInfo, PathKind
from devenv.operations.doors import Doors
from devenv.store.keepers import Kind, Spared, find_claims
from devenv.store.usage import Usage, survey, usage_of
from devenv.values import dataclass

TREES = "trees"
"""Stands among packages for what the trees have of their own."""

_LINKING = frozenset({PathKind.TREE, PathKind.LIBRARIES})


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskUsage:
    """What takes the disk's room.

    `keepers` are projects, ad-hoc environments, links and running programs by what
    they are called; `cache` has the bytes of each folder of the cache.
    """

    keepers: Mapping[str, Usage]
    packages: Mapping[str, Usage]
    cache: Mapping[str, int]
    store_bytes: int
    unused_bytes: int


def disk_usage(doors: Doors) -> DiskUsage:
    """Look at every file of the store and of the cache.

    Raises:
        StoreError: a root cannot be understood.
    """
    infos = {info.path.base: info for info in doors.store.infos()}
    claims = doors.store.look(
        lambda context: context.database.read_at_once(
            lambda connection: list(
                find_claims(context, connection, Spared(is_now=True))
            )
        )
    )
    claimed: dict[str, set[str]] = defaultdict(set)
    for base, keeper in claims:
        is_root = keeper.kind is Kind.ROOT
        label = keeper.label if is_root else f"process {keeper.name} {keeper.label}"
        claimed[label.strip()].add(base)
    users = {label: _closure(infos, bases) for label, bases in claimed.items()}
    doors.display.started("measuring", len(infos), is_bytes=False)
    try:
        found = survey(doors.store.directory, infos, measured=doors.display.advanced)
    finally:
        doors.display.finished()
    used: frozenset[str] = frozenset().union(*users.values())
    return DiskUsage(
        keepers=usage_of(found, users),
        packages=usage_of(found, _packages(infos.values())),
        cache=_cache(doors.directories.cache),
        store_bytes=sum(found.values()),
        unused_bytes=sum(size for held, size in found.items() if not held & used),
    )


def _closure(infos: Mapping[str, PathInfo], bases: Iterable[str]) -> frozenset[str]:
    waiting = [base for base in bases if base in infos]
    found = set(waiting)
    for base in waiting:
        for target in infos[base].references:
            if target not in found and target in infos:
                found.add(target)
                waiting.append(target)
    return frozenset(found)


def _packages(infos: Iterable[PathInfo]) -> dict[str, list[str]]:
    """Return the paths of each package; trees link to packages' files, and own some."""
    found: dict[str, list[str]] = defaultdict(list)
    for info in infos:
        if info.kind not in _LINKING:
            name = info.path.base.partition("-")[2]
            if info.kind is not PathKind.UNPACKED:
                name = name.removesuffix(f"-{info.kind}")
            found[name].append(info.path.base)
        else:
            found[TREES].append(info.path.base)
    return found


def _cache(cache: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    with suppress(OSError):
        for folder in sorted(cache.iterdir()):
            found[folder.name] = sum(map(allocated_bytes, (folder, *folder.rglob("*"))))
    return found
