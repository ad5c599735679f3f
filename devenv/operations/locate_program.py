"""Which package holds a program: the archive's Contents index knows."""

from collections.abc import Sequence

from devenv.errors import FetchError, UnknownPackageError
from devenv.operations.contents_lists import contents_lists
from devenv.operations.doors import Doors
from devenv.operations.package_set import PackageSet
from devenv.operations.programs import read_table
from devenv.sources.apt.contents import build_contents_index, packages_with_program

_SHOWN_PACKAGES = 12


def packages_holding(
    doors: Doors, package_set: PackageSet, program: str
) -> tuple[tuple[str, ...], tuple[FetchError, ...]]:
    """Return the packages of an input that hold a program of this name, sorted.

    And why some of the archive's lists were not looked at, if any were not.

    Raises:
        FetchError, SignatureError: none of them can be had or trusted.
    """
    lists = contents_lists(
        doors, package_set, ending="programs.sqlite", build=build_contents_index
    )
    for pocket, error in lists.failures.items():
        doors.display.detail(f"{pocket}: {error.what}")
    found: set[str] = set()
    for place in lists.places:
        found.update(packages_with_program(place, program))
    known = package_set.universe
    names = tuple(sorted(name for name in found if known.versions(name)))
    return names, tuple(lists.failures.values())


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
