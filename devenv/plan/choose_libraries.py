"""Which release `libraries` come from: the newest that old machines can load.

Decided by what indexes say. A package that was built against a newer C library
says so (`libc6 (>= 2.38)`), and no version of that one is ever ours to give.
"""

from collections.abc import Collection, Iterable, Sequence

from devenv.errors import LibrariesError
from devenv.model.apt import AptPackage, Relation
from devenv.model.c_library import CLibraryVersion
from devenv.model.resolution import Resolution, ResolvedPackage
from devenv.patterns import late_pattern
from devenv.plan.c_library import is_c_library_package
from devenv.plan.candidates import PackageSet
from devenv.plan.library_packages import package_names
from devenv.values import dataclass, replace

RELEASES = ("trixie", "bookworm", "bullseye")
"""Built-in inputs that are released and still served, the newest first."""

_C_LIBRARY = "libc6"
_LIBRARY_SECTIONS = frozenset({"libs", "oldlibs"})
_LIBRARY_NAME = late_pattern(r"lib\S*\d[a-z]?(t64)?")
_LOWER_BOUNDS = frozenset({">=", ">>", ">"})
_ANY = CLibraryVersion(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CLibraryNeed:
    """The C library that some packages need, and which of them needs it.

    A package that is bound works with one build of it only.
    """

    version: CLibraryVersion
    package: str
    is_bound: bool = False

    def is_met_by(self, oldest: CLibraryVersion) -> bool:
        """Tell whether machines with this C library can load the packages."""
        return not self.is_bound and self.version <= oldest

    def __str__(self) -> str:
        if self.is_bound:
            return f"{self.package} works with one build of the C library only"
        return f"{self.package} needs the C library {self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Why a release is not the one: what it needs, or what it lacks."""

    input: str
    need: CLibraryNeed | None = None
    problem: str = ""

    def __str__(self) -> str:
        return f"in {self.input} {self.need or self.problem}"


def library_closure(resolution: Resolution) -> Resolution:
    """Return what is left of a resolution: requested packages and what they load.

    Nothing of the C library, and nothing that is only reached through it. What
    is the same on every architecture holds no libraries, and is left out unless
    it was asked for.
    """
    requested = frozenset(resolution.requested)
    waiting = list(requested)
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        item = resolution.packages[name]
        if name not in reached and _may_be_loaded(item):
            reached.add(name)
            waiting.extend(item.depends_on)
    kept = {
        name: replace(
            item,
            required_by=tuple(sorted(reached.intersection(item.required_by))),
            depends_on=tuple(sorted(reached.intersection(item.depends_on))),
        )
        for name, item in resolution.packages.items()
        if name in reached
    }
    return replace(resolution, packages=kept)


def highest_need(packages: Iterable[AptPackage]) -> CLibraryNeed | None:
    """Return the newest C library that one of the packages needs, if any does."""
    needs = [need for package in packages for need in _needs(package)]
    return max(
        needs,
        key=lambda need: (need.is_bound, need.version, need.package),
        default=None,
    )


def check_is_library(written: str, name: str, resolution: Resolution) -> None:
    """Refuse a requirement that names no library.

    Raises:
        LibrariesError: the package is the C library, for building, or programs.
    """
    package = resolution.packages[name].package
    if _is_c_library(package):
        raise LibrariesError(
            f"{written} is the C library, which is always the machine's own",
            hint="take it out of `libraries`",
        )
    if not _is_library(package):
        raise _no_library(written, package, resolution)


def check_is_no_file(written: str, name: str, packages: PackageSet) -> None:
    """Refuse a library's file name in place of its package's.

    Raises:
        LibrariesError: it is one; it names the package, if one is called like it.
    """
    if ".so" not in name or packages.versions(name):
        return
    meant = [
        candidate
        for candidate in package_names(name)
        if packages.versions(candidate) or packages.providers(candidate)
    ]
    file = written.rpartition(":")[2]
    hint = (
        f"did you mean {meant[0]}?"
        if meant
        else f"find the package that holds it: devenv locate {file}"
    )
    raise LibrariesError(
        f"`libraries` names packages, and {written} is the name of a file", hint=hint
    )


def nothing_fits(
    written: Sequence[str], oldest: CLibraryVersion, attempts: Sequence[Attempt]
) -> LibrariesError:
    """Return the refusal: what each release needs, and what would do."""
    usable = [
        attempt.need.version
        for attempt in attempts
        if attempt.need is not None and not attempt.need.is_bound
    ]
    own = (
        'use a program of devenv\'s own: with packages = ["python3"], wheels find'
        " their libraries in the environment"
    )
    hint = own
    if usable:
        lowest = min(usable)
        hint = (
            f'if every machine has the C library {lowest}, set oldest_c_library = "'
            f'{lowest}" in devenv.toml; or {own}'
        )
    reasons = "; ".join(map(str, attempts))
    return LibrariesError(
        f"no release has {_listed(written)} for machines with the C library"
        f" {oldest}: {reasons}",
        hint=hint,
    )


def _needs(package: AptPackage) -> Iterable[CLibraryNeed]:
    for group in (*package.pre_depends, *package.depends):
        if all(option.name == _C_LIBRARY for option in group):
            # Of several alternatives any one is enough.
            yield min(
                (_need(package.name, option) for option in group),
                key=lambda need: (need.is_bound, need.version),
            )


def _need(name: str, relation: Relation) -> CLibraryNeed:
    version = CLibraryVersion.read((relation.version or "").rpartition(":")[2])
    is_bound = relation.operator is not None and relation.operator not in _LOWER_BOUNDS
    return CLibraryNeed(version=version or _ANY, package=name, is_bound=is_bound)


def _may_be_loaded(item: ResolvedPackage) -> bool:
    package = item.package
    is_same_everywhere = package.architecture == "all"
    return not _is_c_library(package) and (item.is_requested or not is_same_everywhere)


def _is_c_library(package: AptPackage) -> bool:
    return is_c_library_package(package.name, package.source)


def _is_library(package: AptPackage) -> bool:
    section = package.section.rpartition("/")[2]
    if section in _LIBRARY_SECTIONS:
        return True
    # Not every archive knows sections.
    return (
        not _is_for_building(package)
        and _LIBRARY_NAME.fullmatch(package.name) is not None
    )


def _no_library(
    written: str, package: AptPackage, resolution: Resolution
) -> LibrariesError:
    nearest = _nearest(package, resolution)
    hint = (
        f"did you mean {_listed(nearest, 'or')}?"
        if nearest
        else "name the package that holds the .so file: `devenv locate FILE` finds it"
    )
    if _is_for_building(package):
        return LibrariesError(
            f"{written} is for building against a library, not for loading it",
            hint=hint,
        )
    return LibrariesError(
        f"{written} is no library; programs belong in `packages`", hint=hint
    )


def _is_for_building(package: AptPackage) -> bool:
    section = package.section.rpartition("/")[2]
    return section == "libdevel" or package.name.endswith("-dev")


def _nearest(package: AptPackage, resolution: Resolution) -> Collection[str]:
    """Return the libraries it depends on that are built from the same source.

    What is only for building is made for one of those it depends on.
    """
    needed = (
        resolution.packages[name].package
        for name in resolution.packages[package.name].depends_on
    )
    libraries = [one for one in needed if _is_library(one) and not _is_c_library(one)]
    same = [_usual_name(one) for one in libraries if one.source == package.source]
    if same or not _is_for_building(package):
        return same
    return [_usual_name(one) for one in libraries[:1]]


def _usual_name(package: AptPackage) -> str:
    """Return the name that other releases know it by, too: libssl3 of libssl3t64."""
    usual = package.name.removesuffix("t64")
    is_provided = any(relation.name == usual for relation in package.provides)
    return usual if is_provided else package.name


def _listed(words: Collection[str], conjunction: str = "and") -> str:
    *first, last = words
    return f"{', '.join(first)} {conjunction} {last}" if first else last
