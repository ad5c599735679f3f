"""`libraries` of a spec are locked: from the newest release that machines can load.

Indexes are all that is asked; which files a machine gets is decided where the
lock is realised.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from devenv.errors import LibrariesError, ResolutionError
from devenv.model.apt import AptInput
from devenv.model.c_library import CLibraryVersion
from devenv.model.lock import LockedLibraries, LockedPackage
from devenv.model.spec import Spec, SpecRequirement
from devenv.model.systems import System
from devenv.operations.doors import Doors
from devenv.operations.package_set import open_packages
from devenv.operations.project_inputs import project_input
from devenv.plan.choose_libraries import (
    RELEASES,
    Attempt,
    check_is_library,
    check_is_no_file,
    highest_need,
    library_closure,
    nothing_fits,
)
from devenv.plan.lock_rows import rows_of
from devenv.plan.pinned_packages import PinnedPackages
from devenv.plan.resolve import resolve


def lock_libraries(
    doors: Doors,
    spec: Spec,
    system: System,
    *,
    previous: LockedLibraries | None = None,
    releases: Sequence[str | AptInput] = RELEASES,
) -> LockedLibraries | None:
    """Choose packages for the spec's `libraries`; None if it names none.

    All of them come from one input: the one that they name, or the first of
    `releases` whose packages work with the spec's oldest C library. What
    `previous` holds of that input keeps its version as far as possible.

    Raises:
        LibrariesError: no release will do, or a package is no library.
        UnknownPackageError, ResolutionError: no release has all of them.
        FetchError, SignatureError: an index cannot be had or trusted.
    """
    if not spec.libraries:
        return None
    oldest = _oldest(spec)
    attempts: list[Attempt] = []
    problems: list[ResolutionError] = []
    for wanted in _inputs(spec, releases):
        try:
            found = _attempt(doors, spec, system, wanted, previous)
        except ResolutionError as error:
            name = wanted if isinstance(wanted, str) else wanted.name
            attempts.append(Attempt(input=name, problem=error.what))
            problems.append(error)
            continue
        locked, attempt = found
        if attempt.need is None or attempt.need.is_met_by(oldest):
            for other in attempts:
                doors.display.detail(f"libraries are of {locked.input}: {other}")
            return locked
        attempts.append(attempt)
    if len(problems) == len(attempts):
        raise problems[0]
    written = [entry.text for entry in spec.libraries]
    raise _placed(nothing_fits(written, oldest, attempts), spec.libraries[0])


def _attempt(
    doors: Doors,
    spec: Spec,
    system: System,
    wanted: str | AptInput,
    previous: LockedLibraries | None,
) -> tuple[LockedLibraries, Attempt]:
    """Return what one input has, and what that needs."""
    with open_packages(doors, wanted, system=system) as packages:
        name = packages.input_name
        universe = PinnedPackages(packages.universe, _pinned(spec, previous, name))
        for entry in spec.libraries:
            with _places(entry):
                check_is_no_file(
                    entry.requirement.written or entry.requirement.name,
                    entry.requirement.name,
                    universe,
                )
        names = [entry.requirement.pinned_name for entry in spec.libraries]
        resolution = resolve(names, universe, packages.rules)
        for entry in spec.libraries:
            answer = resolution.answers[entry.requirement.pinned_name]
            with _places(entry):
                check_is_library(entry.text, answer, resolution)
        closure = library_closure(resolution)
        locked = LockedLibraries(
            input=name,
            c_library=spec.oldest_c_library,
            requirements={
                entry.text: resolution.answers[entry.requirement.pinned_name]
                for entry in spec.libraries
            },
            packages=rows_of(closure, universe, input_name=name),
        )
    need = highest_need(item.package for item in closure.packages.values())
    return locked, Attempt(input=name, need=need)


def _pinned(
    spec: Spec, previous: LockedLibraries | None, name: str
) -> Sequence[LockedPackage]:
    # A lock does not say which C library its packages need: only that they work
    # with the oldest one of its time.
    if previous is None or previous.input != name:
        return ()
    return previous.packages if previous.c_library == spec.oldest_c_library else ()


def _inputs(spec: Spec, releases: Sequence[str | AptInput]) -> Sequence[str | AptInput]:
    """Return the inputs to try, in order: the one that is named, or all.

    Raises:
        LibrariesError: several are named.
    """
    named = {
        entry.requirement.input: entry
        for entry in spec.libraries
        if entry.requirement.input is not None
    }
    if len(named) > 1:
        raise _placed(
            LibrariesError(
                f"`libraries` are all of one release, not of {' and '.join(named)}",
                hint="they are loaded into one program: name one release for all",
            ),
            list(named.values())[-1],
        )
    return [project_input(spec, name) for name in named] or releases


def _oldest(spec: Spec) -> CLibraryVersion:
    oldest = CLibraryVersion.read(spec.oldest_c_library)
    if oldest is None:
        raise LibrariesError(
            f"oldest_c_library = {spec.oldest_c_library!r} is no version of the C"
            ' library, like "2.31"',
            where=spec.libraries[0].place.file,
        )
    return oldest


@contextmanager
def _places(entry: SpecRequirement) -> Iterator[None]:
    """Give refusals of the body the place of what they are about."""
    try:
        yield
    except LibrariesError as error:
        raise _placed(error, entry) from error


def _placed(error: LibrariesError, entry: SpecRequirement) -> LibrariesError:
    """Return the error with the place of what it is about."""
    return LibrariesError(error.what, where=str(entry.place), hint=error.hint)
