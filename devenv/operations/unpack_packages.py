"""Packages become unpacked store paths: fetched and unpacked side by side."""

from collections.abc import Callable, Iterable, Sequence

from devenv.model.apt import AptPackage
from devenv.model.facts import PackageFacts
from devenv.operations.doors import Doors
from devenv.operations.unpack_archives import Archives, PlanDownloads
from devenv.operations.unpacked_package import (
    UnpackedPackage,
    read_facts,
    unpacked_path,
)
from devenv.store.session import Session
from devenv.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from devenv.build.unpack import UnpackPool

Further = Callable[[Iterable[PackageFacts]], Sequence[AptPackage]]
"""Says which packages join, from the facts of those that are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Packages to unpack, and those that may join once the facts are known.

    `further` may return packages of `packages` and `standby` only.
    """

    packages: Sequence[AptPackage]
    standby: Sequence[AptPackage]
    further: Further


_KIB = 1 << 10


def unpack_packages(
    doors: Doors,
    session: Session,
    wanted: Wanted,
    plan_downloads: PlanDownloads,
    *,
    pool: "UnpackPool | None" = None,
) -> dict[str, UnpackedPackage]:
    """Make every package's unpacked path valid; return them by name.

    What is valid already costs one look-up. Those on standby are locked with the
    others, because locks are taken in one order only, and all that was unpacked is
    flushed and registered at once. `pool` is used if it was started before.

    Raises:
        FetchError: an archive could not be had, or is not the one that the
            index vouches for.
        UnsafeArchiveError: an archive breaks a rule of the unpacker.
        StoreError: the disk is full, or the store cannot be written.
    """
    sizes = {unpacked_path(item): _bytes_of(item) for item in wanted.packages}
    paths = [*sizes, *map(unpacked_path, wanted.standby)]
    with session.making(
        paths, waiting=doors.say_waiting, collected=doors.say_collected, sizes=sizes
    ) as batch:
        with Archives(doors, batch, plan_downloads, pool) as archives:
            missing = frozenset(path.base for path in batch.missing)
            found = _Unpacking(doors, archives, missing).unpack(wanted)
        if archives.are_begun:
            batch.commit()
    return found


def _bytes_of(package: AptPackage) -> int:
    return package.installed_size_kib * _KIB


class _Unpacking:
    """What is begun of what is wanted; `missing` are bases of store paths."""

    def __init__(
        self, doors: Doors, archives: Archives, missing: frozenset[str]
    ) -> None:
        self._doors = doors
        self._archives = archives
        self._missing = missing
        self._begun: set[str] = set()

    def unpack(self, wanted: Wanted) -> dict[str, UnpackedPackage]:
        """Unpack what is missing; read the facts of the rest.

        What joins by the facts of some packages is begun while others are still
        unpacked. All facts together may choose otherwise; then it is valid, and
        nobody's.
        """
        possible = {item.name for item in (*wanted.packages, *wanted.standby)}
        first = {item.name for item in wanted.packages}
        fresh = self._begin(wanted.packages)
        found = {item.package.name: item for item in fresh}
        while self._archives.are_running():
            if not self._begun.issuperset(possible):
                fresh = [item for item in fresh if item.package.name in first]
                there = self._begin(wanted.further([item.facts for item in fresh]))
                found |= {item.package.name: item for item in there}
            fresh = self._archives.finished()
            found |= {item.package.name: item for item in fresh}
        facts = [item.facts for name, item in found.items() if name in first]
        more = self._begin(wanted.further(facts))
        while self._archives.are_running():
            more += self._archives.finished()
        return found | {item.package.name: item for item in more}

    def _begin(self, packages: Sequence[AptPackage]) -> list[UnpackedPackage]:
        """Begin with those not begun yet; return those that are there already."""
        fresh = [item for item in packages if item.name not in self._begun]
        self._begun.update(item.name for item in fresh)
        there: list[AptPackage] = []
        missing: list[AptPackage] = []
        for item in fresh:
            is_missing = unpacked_path(item).base in self._missing
            (missing if is_missing else there).append(item)
        self._archives.begin(missing)
        return [self._there(item) for item in there]

    def _there(self, package: AptPackage) -> UnpackedPackage:
        path = unpacked_path(package)
        facts = read_facts(self._doors.store.path_of(path))
        return UnpackedPackage(package=package, path=path, facts=facts)
