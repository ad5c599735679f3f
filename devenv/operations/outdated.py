"""`devenv outdated`: what there is that is newer than the lock; nothing is written."""

from collections.abc import Iterable, Iterator, Mapping

from devenv.errors import LockError
from devenv.model.lock import Lock, LockedPackage
from devenv.model.project import Project
from devenv.model.systems import SYSTEMS, System
from devenv.operations.doors import Doors
from devenv.operations.lock_files import lock_path, read_lock
from devenv.operations.lock_project import make_lock
from devenv.operations.package_set import open_packages
from devenv.operations.project_inputs import project_input
from devenv.plan.lock_update import Update
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OutdatedPackage:
    """A locked package of which there is something newer.

    `updated` is the version that `devenv update` would take, None if it would
    drop the package; `newest` is what its input has at all, which a requirement
    may hold back.
    """

    systems: tuple[str, ...]
    input: str
    name: str
    locked: str
    updated: str | None
    newest: str
    is_requested: bool

    def as_json(self) -> Mapping[str, object]:
        """Return the package as `--json` prints it."""
        return {
            "input": self.input,
            "name": self.name,
            "locked": self.locked,
            "updated": self.updated,
            "newest": self.newest,
            "requested": self.is_requested,
            "systems": list(self.systems),
        }


def outdated(doors: Doors, project: Project) -> tuple[OutdatedPackage, ...]:
    """Return what is newer than the lock, sorted by input and name.

    Raises:
        LockError: there is no lock, or it is wrong.
        FetchError, SignatureError: an index cannot be had or trusted.
    """
    path = lock_path(project.directory)
    lock = read_lock(path)
    if lock is None:
        raise LockError(
            "the project has no lock", where=str(path), hint="run `devenv lock`"
        )
    updated = make_lock(doors, project, lock, update=Update(everything=True))
    by_system = [
        found
        for system in SYSTEMS.values()
        if system.name in lock.systems
        for found in _of_system(doors, project, system, (lock, updated))
    ]
    return _together(by_system)


def _of_system(
    doors: Doors, project: Project, system: System, locks: tuple[Lock, Lock]
) -> Iterator[OutdatedPackage]:
    before = locks[0].systems[system.name]
    after = locks[1].systems.get(system.name)
    updated = {(row.input, row.name): row for row in (after.packages if after else ())}
    for name in dict.fromkeys(row.input for row in before.packages):
        requested = set(before.requested_of(name))
        newest = _newest(doors, project, system, name, requested)
        for row in before.of_input(name):
            found = _compared(
                row,
                updated.get((name, row.name)),
                newest=newest.get(row.name),
                system=system.name,
            )
            if found is not None:
                yield found


def _newest(
    doors: Doors, project: Project, system: System, name: str, wanted: Iterable[str]
) -> dict[str, str]:
    apt_input = project_input(project.spec_for(system.name), name)
    with open_packages(doors, apt_input, system=system) as opened:
        return {
            package: versions[0].version
            for package in wanted
            if (versions := opened.universe.versions(package))
        }


def _compared(
    row: LockedPackage,
    updated: LockedPackage | None,
    *,
    newest: str | None,
    system: str,
) -> OutdatedPackage | None:
    version = updated.version if updated else None
    if row.version == (newest or version) == version:
        return None
    if version is None and newest is None:
        # Nothing needs it any more, or its input has dropped it.
        return None
    return OutdatedPackage(
        systems=(system,),
        input=row.input,
        name=row.name,
        locked=row.version,
        updated=version,
        newest=newest or version or row.version,
        is_requested=newest is not None,
    )


def _together(found: Iterable[OutdatedPackage]) -> tuple[OutdatedPackage, ...]:
    """Return what is the same on several systems once."""
    systems: dict[tuple[str, str, str, str, str, bool], list[str]] = {}
    for item in found:
        key = (
            item.input,
            item.name,
            item.locked,
            item.updated or "",
            item.newest,
            item.is_requested,
        )
        systems.setdefault(key, []).extend(item.systems)
    return tuple(
        OutdatedPackage(
            systems=tuple(sorted(names)),
            input=input_name,
            name=name,
            locked=locked,
            updated=updated or None,
            newest=newest,
            is_requested=is_requested,
        )
        for (input_name, name, locked, updated, newest, is_requested), names in sorted(
            systems.items()
        )
    )
