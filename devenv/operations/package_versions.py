"""`devenv versions`: every version of a package that there is to choose from."""

from collections.abc import Iterator, Sequence

from devenv.errors import (
    DevenvError,
    FetchError,
    OfflineError,
    SignatureError,
    UnknownPackageError,
)
from devenv.formats import debian_version
from devenv.formats.requirement import parse_requirement
from devenv.model.apt import AptInput, AptPackage
from devenv.model.project import Project
from devenv.model.requirement import Requirement
from devenv.operations.doors import Doors
from devenv.operations.known_names import name_table
from devenv.operations.package_set import PackageSet, open_packages
from devenv.operations.project_around import input_around
from devenv.plan.name_forms import glob_of, has_form, name_forms
from devenv.plan.names import expand_names, has_prefix
from devenv.sources.apt.inputs import built_in
from devenv.sources.apt.release_records import ReleaseRecords
from devenv.sources.apt.universe import Universe
from devenv.values import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageVersion:
    """One version of a package, and the inputs that have it, in order.

    `package` is as the first of them describes it.
    """

    inputs: tuple[str, ...]
    package: AptPackage


def package_versions(
    doors: Doors, text: str, *, project: Project | None = None
) -> tuple[PackageVersion, ...]:
    """Return every version of what a requirement names, the newest first.

    All inputs are asked that a requirement could name: the default one, those
    of the project or else of the user, and the built-in ones; only the one that
    it does name, if it does. Package lists that are not here are fetched, unless
    the doors are offline; an input that cannot be asked is said and left out.
    `@V` leaves out other versions.

    Raises:
        UsageError: this is no requirement, or there is no such input.
        UnknownPackageError: no input has such a package.
        FetchError, SignatureError: no input could be asked.
    """
    wanted = parse_requirement(text)
    inputs = _inputs(doors, wanted, project)
    _say_what_is_fetched(doors, inputs)
    found: list[tuple[str, AptPackage]] = []
    nearest: list[str] = []
    failures: list[DevenvError] = []
    is_any_open = False
    for apt_input, pockets in _with_new_pockets(inputs):
        try:
            with open_packages(doors, apt_input) as package_set:
                is_any_open = True
                here = list(_versions_in(package_set, wanted))
                found += [
                    (apt_input.name, one) for one in here if one.pocket in pockets
                ]
                if not found:
                    nearest += package_set.universe.nearest_names(wanted.name, 2)
        except (FetchError, SignatureError) as error:
            failures.append(error)
            if not isinstance(error, OfflineError):
                doors.display.warn(f"{apt_input.name} is left out: {error.what}")
    if failures and not is_any_open:
        raise failures[0]
    if not found:
        raise _unknown(text, inputs, nearest)
    return _merged(found)


def _inputs(
    doors: Doors, wanted: Requirement, project: Project | None
) -> tuple[AptInput, ...]:
    if wanted.input is not None:
        return (input_around(doors, project, wanted.input),)
    default = input_around(doors, project, None)
    own = doors.configuration.inputs if project is None else project.spec.inputs
    inputs = [default]
    for name in dict.fromkeys((*own, *built_in().asked)):
        try:
            inputs.append(input_around(doors, project, name))
        except DevenvError as error:
            doors.display.warn(f"{name} is left out: {error.what}")
    return tuple({found.name: found for found in inputs}.values())


def _with_new_pockets(
    inputs: Sequence[AptInput],
) -> Iterator[tuple[AptInput, frozenset[str]]]:
    """Yield each input with the names of the pockets that none before it has."""
    seen: set[tuple[str, str]] = set()
    for apt_input in inputs:
        new = {
            pocket.name
            for pocket in apt_input.pockets
            if (pocket.archive, pocket.suite) not in seen
        }
        if new:
            yield apt_input, frozenset(new)
        seen.update((pocket.archive, pocket.suite) for pocket in apt_input.pockets)


def _versions_in(package_set: PackageSet, wanted: Requirement) -> Iterator[AptPackage]:
    universe = package_set.universe
    for part in _parts(universe, wanted):
        prefix = part.version or ""
        for package in universe.versions(part.name):
            upstream = universe.upstream(package.version)
            if package.version == prefix or has_prefix(upstream, prefix):
                yield package


def _parts(universe: Universe, wanted: Requirement) -> tuple[Requirement, ...]:
    """Return what a requirement may mean; `go` means golang-1.23-go, too."""
    parts = expand_names(wanted, universe, name_table())
    if wanted.version is not None:
        return parts
    more = {
        name
        for form in name_forms(wanted.name, name_table())
        for name in universe.names_like(glob_of(form))
        if has_form(name, form)
    }
    names = dict.fromkeys((*(part.name for part in parts), *sorted(more)))
    return tuple(replace(wanted, name=name) for name in names)


def _merged(found: Sequence[tuple[str, AptPackage]]) -> tuple[PackageVersion, ...]:
    """Return one row for each archive, the newest first."""
    rows: dict[tuple[str, ...], PackageVersion] = {}
    for name, package in found:
        key = (package.name, package.version, package.architecture, package.sha256)
        known = rows.get(key)
        before = () if known is None else known.inputs
        rows[key] = PackageVersion(
            inputs=tuple(dict.fromkeys((*before, name))),
            package=package if known is None else known.package,
        )
    newest_first = sorted(
        rows.values(),
        key=lambda row: debian_version.sort_key(row.package.version),
        reverse=True,
    )
    return tuple(sorted(newest_first, key=lambda row: row.package.name))


def _say_what_is_fetched(doors: Doors, inputs: Sequence[AptInput]) -> None:
    records = ReleaseRecords(
        cache_directory=doors.directories.cache,
        state_directory=doors.directories.state,
    )
    missing = [
        apt_input.name
        for apt_input, pockets in _with_new_pockets(inputs)
        if any(
            records.kept(pocket) is None
            for pocket in apt_input.pockets
            if pocket.name in pockets
        )
    ]
    if missing and doors.offline:
        doors.display.note(f"offline: never fetched, so left out: {', '.join(missing)}")
    elif missing:
        doors.display.note(f"fetching the package lists of {', '.join(missing)}")


def _unknown(
    text: str, inputs: Sequence[AptInput], nearest: Sequence[str]
) -> UnknownPackageError:
    names = list(dict.fromkeys(nearest))[:3]
    who = inputs[0].name if len(inputs) == 1 else "no input"
    negation = "no package" if len(inputs) == 1 else "a package"
    return UnknownPackageError(
        f"{who} has {negation} {text!r}",
        hint=f"did you mean {' or '.join(names)}?" if names else None,
    )
