"""Which package holds a program: the archive's Contents index knows."""

from collections.abc import Sequence
from pathlib import Path

from devenv.errors import FetchError, UnknownPackageError
from devenv.operations.doors import Doors
from devenv.operations.package_set import PackageSet
from devenv.operations.programs import read_table
from devenv.sources.apt.contents import build_contents_index, packages_with_program
from devenv.sources.apt.release import fetch_contents
from devenv.sources.apt.snapshot import PocketSnapshot

_SHOWN_PACKAGES = 12


def packages_holding(
    doors: Doors, package_set: PackageSet, program: str
) -> tuple[tuple[str, ...], tuple[FetchError, ...]]:
    """Return the packages of an input that hold a program of this name, sorted.

    And why some of the archive's lists were not looked at, if any were not.

    The index of programs is made from the archive's Contents files once per
    Release; the first call downloads them (51 MB for trixie, most of it for
    the packages of all architectures, where scripts are).

    Raises:
        FetchError, SignatureError: none of them can be had or trusted.
    """
    found: set[str] = set()
    places, failures = _program_indexes(doors, package_set)
    for place in places:
        found.update(packages_with_program(place, program))
    known = package_set.universe
    return tuple(sorted(name for name in found if known.versions(name))), failures


def the_package_holding(doors: Doors, package_set: PackageSet, program: str) -> str:
    """Return the one package that holds a program.

    Raises:
        UnknownPackageError: none does, or several do; it names them.
    """
    known = read_table("holders").get(program)
    if known is not None and package_set.universe.versions(known):
        return known
    holders, failures = packages_holding(doors, package_set, program)
    if len(holders) == 1:
        return holders[0]
    if not holders:
        raise _unknown(package_set, program, failures)
    shown = ", ".join(holders[:_SHOWN_PACKAGES])
    raise UnknownPackageError(
        f"several packages hold a program called {program}: {shown}",
        hint=f"choose one: devenv run -p {holders[0]} -- {program} ...",
    )


def _unknown(
    package_set: PackageSet, program: str, failures: Sequence[FetchError]
) -> UnknownPackageError:
    reasons = "; ".join(dict.fromkeys(failure.what for failure in failures))
    nearest = package_set.universe.nearest_names(program, 3)
    return UnknownPackageError(
        f"{package_set.input_name} has no package called {program}, and "
        + (
            "which one holds a program of that name could not be looked up"
            if reasons
            else "none that holds a program of that name"
        ),
        where=reasons or None,
        hint=_did_you_mean(nearest) or f"try: devenv search {program}",
    )


def _did_you_mean(names: Sequence[str]) -> str:
    return f"did you mean {' or '.join(names)}?" if names else ""


def _program_indexes(
    doors: Doors, package_set: PackageSet
) -> tuple[list[Path], tuple[FetchError, ...]]:
    places = []
    failures: list[FetchError] = []
    for snapshot in package_set.snapshots:
        try:
            places.append(_program_index(doors, package_set, snapshot))
        except FetchError as error:
            # Mirrors renew Contents at another time than the rest; what one
            # pocket lacks, another mostly has.
            doors.display.detail(f"{snapshot.pocket.name}: {error.what}")
            failures.append(error)
    if failures and not places:
        raise failures[0]
    return places, tuple(failures)


def _program_index(
    doors: Doors, package_set: PackageSet, snapshot: PocketSnapshot
) -> Path:
    architecture = doors.system.debian_architecture
    name = f"{snapshot.release_sha256[:32]}-programs-{architecture}.sqlite"
    place = doors.directories.cache / "indexes" / name
    if not place.exists():
        contents = fetch_contents(
            snapshot,
            doors.system,
            fetcher=doors.fetcher,
            mirrors=package_set.mirrors,
            cache_directory=doors.directories.cache,
            progress=doors.display,
        )
        place.parent.mkdir(parents=True, exist_ok=True)
        build_contents_index(place, contents)
    return place
