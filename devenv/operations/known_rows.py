"""Which rows of a lock stand in an index that was verified under the approved key."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from devenv.errors import DevenvError, FetchError, SignatureError
from devenv.model.apt import AptInput
from devenv.model.lock import Lock, LockedInput, LockedPocket
from devenv.model.project import Project
from devenv.model.trust import PackageEffect
from devenv.operations.doors import Doors
from devenv.operations.package_set import open_index, open_packages
from devenv.operations.project_inputs import project_input
from devenv.sources.apt.mirrors import Mirrors
from devenv.sources.apt.past_release import past_snapshot
from devenv.sources.apt.snapshot import past_bases
from devenv.sources.apt.universe import Universe
from devenv.values import replace


def known_rows(
    doors: Doors, project: Project, lock: Lock, rows: Iterable[PackageEffect]
) -> frozenset[PackageEffect]:
    """Return those rows that stand in an index of their input.

    Each index is verified under the key that the project has as it was read. The
    one that is here is asked first; where a row is not in it, its archive is asked
    for a newer one, and at last for that of the lock's date.
    """
    wanted: dict[str, set[PackageEffect]] = {}
    for row in rows:
        wanted.setdefault(row.input, set()).add(row)
    found: set[PackageEffect] = set()
    for name, of_input in sorted(wanted.items()):
        try:
            apt_input = project_input(project.spec, name, keys=project.contents)
        except DevenvError as error:
            doors.display.warn(f"no input {name}: {error.what}")
            continue
        found |= _present(doors, apt_input, of_input)
        missing = of_input - found
        if missing and not doors.offline and name in lock.inputs:
            found |= past_rows(doors, apt_input, lock.inputs[name], missing)
    return frozenset(found)


def past_rows(
    doors: Doors,
    apt_input: AptInput,
    locked: LockedInput,
    rows: Iterable[PackageEffect],
) -> frozenset[PackageEffect]:
    """Return those rows that stood in an index of an input when it was locked.

    Only an archive whose past somebody keeps can be asked.
    """
    missing = set(rows)
    found: set[PackageEffect] = set()
    moments = {pocket.name: pocket for pocket in locked.pockets}
    for pocket in apt_input.pockets:
        moment = moments.get(pocket.name)
        if moment is None or not missing:
            continue
        one = replace(apt_input, pockets=(pocket,))
        with suppress(FetchError, SignatureError):
            found |= set(_listed_then(doors, one, moment, missing))
            missing -= found
    return frozenset(found)


def _present(
    doors: Doors, apt_input: AptInput, rows: set[PackageEffect]
) -> set[PackageEffect]:
    found: set[PackageEffect] = set()
    for refresh in (False, True):
        missing = rows - found
        if not missing or (refresh and doors.offline):
            break
        try:
            with open_packages(replace(doors, refresh=refresh), apt_input) as packages:
                found |= set(_listed(packages.universe, missing))
        except (FetchError, SignatureError) as error:
            doors.display.warn(f"no index of {apt_input.name}: {error.what}")
    return found


def _listed_then(
    doors: Doors,
    apt_input: AptInput,
    moment: LockedPocket,
    rows: Iterable[PackageEffect],
) -> Sequence[PackageEffect]:
    """Return the rows that the one pocket of an input had at a moment."""
    (pocket,) = apt_input.pockets
    mirrors = Mirrors.find(doors.env, configured=doors.configuration.mirrors)
    snapshot = past_snapshot(
        pocket,
        doors.system,
        sha256=moment.sha256,
        bases=tuple(dict.fromkeys(past_bases(mirrors, pocket.archive, moment.date))),
        fetcher=doors.fetcher,
        clock=doors.clock,
        cache_directory=doors.directories.cache,
        progress=doors.display,
    )
    universe = Universe([open_index(doors, doors.system, snapshot)])
    try:
        return tuple(_listed(universe, rows))
    finally:
        universe.close()


def _listed(
    universe: Universe, rows: Iterable[PackageEffect]
) -> Iterator[PackageEffect]:
    for row in rows:
        same = (row.version, row.architecture, row.sha256)
        for item in universe.versions(row.name):
            if (item.version, item.architecture, item.sha256) == same:
                yield row
                break
