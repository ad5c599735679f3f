"""`devenv locate`: which packages hold a file."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial

from devenv.errors import UnknownFileError, UnusableIndexError
from devenv.formats.path_pattern import FilePattern, path_of
from devenv.model.project import Project
from devenv.operations.contents_lists import ContentsLists, contents_lists
from devenv.operations.doors import Doors
from devenv.operations.package_set import PackageSet, open_packages
from devenv.operations.programs import read_table
from devenv.operations.project_around import graphs_around, input_around
from devenv.plan.rank_files import FoundFile, best_files
from devenv.shells.posix import quote
from devenv.sources.apt.contents import build_file_list
from devenv.sources.apt.file_list import FileList, Group, open_file_list
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LocatedFile:
    """A file of a package; `requirement` is what asks for the package here.

    `is_here` tells whether the project around has the package in its lock.
    """

    path: str
    package: str
    requirement: str
    is_here: bool

    def as_json(self) -> Mapping[str, object]:
        """Return it as `--json` prints it."""
        return {
            "path": self.path,
            "package": self.package,
            "requirement": self.requirement,
            "in_project": self.is_here,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """The files of an input that a pattern means, the best first.

    `has_more` tells whether there are others. `file_count` is how many files there
    are in all, `looked_in` that in words, with what was left out.
    """

    input_name: str
    files: tuple[LocatedFile, ...]
    has_more: bool
    file_count: int
    looked_in: str

    def as_json(self) -> Mapping[str, object]:
        """Return the answer as `--json` prints it."""
        return {
            "input": self.input_name,
            "files": [file.as_json() for file in self.files],
            "has_more": self.has_more,
        }


def locate_file(
    doors: Doors,
    pattern: FilePattern,
    *,
    limit: int,
    input_name: str | None = None,
    project: Project | None = None,
) -> Located:
    """Return the files that a pattern means best, at most `limit`.

    The input is the one that `devenv search` would look in. Lists of files that are
    not here are fetched; a pocket whose list cannot be had is said and left out.

    Raises:
        UsageError: there is no such input.
        FetchError, SignatureError: no list can be had, or trusted.
        StoreError: the disk is full, or the cache cannot be written.
    """
    asked = input_around(doors, project, input_name)
    default = asked if input_name is None else input_around(doors, project, None)
    look = _Look(
        pattern=pattern,
        limit=limit,
        here=frozenset(_names_here(doors, project, asked.name)),
        prefix="" if asked.name == default.name else f"{asked.name}:",
    )
    with open_packages(doors, asked) as package_set:
        lists = _lists(doors, package_set)
        try:
            located = look.through(lists, package_set)
        except UnusableIndexError as error:
            doors.display.detail(f"{error.what}: it is made anew")
            for place in lists.places:
                place.unlink(missing_ok=True)
            located = look.through(_lists(doors, package_set), package_set)
        if lists.failures and not located.file_count:
            # A pocket without any package has a list, too.
            raise next(iter(lists.failures.values()))
        for pocket, failure in lists.failures.items():
            doors.display.warn(f"{pocket} is left out: {failure.what}")
        return located


def no_such_file(located: Located, pattern: FilePattern) -> UnknownFileError:
    """Return the error where no file is meant: what was looked in, what to try."""
    if not located.file_count:
        return UnknownFileError(
            f"{located.input_name} publishes no lists of files",
            hint="look in another input: --input NAME",
        )
    return UnknownFileError(
        f"no package of {located.input_name} has a file {pattern.text}",
        where=located.looked_in,
        hint=_what_to_try(pattern),
    )


def _what_to_try(pattern: FilePattern) -> str:
    name = pattern.text.rpartition("/")[2]
    if (holder := read_table("holders").get(name)) is not None:
        return f"{holder} has a program of this name: devenv run {name}"
    if pattern.name is None:
        return "try a shorter pattern, or another input: --input NAME"
    if "/" in pattern.text:
        return f"try its name alone, wherever it is: devenv locate {quote(name)}"
    stem = name.partition(".")[0] or name
    return (
        f"try a part of the name: devenv locate {quote(f'*{stem}*')};"
        f" or a word of what the package does: devenv search {quote(stem)}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One question to an input; `here` and `prefix` are for its packages' names."""

    pattern: FilePattern
    limit: int
    here: frozenset[str]
    prefix: str

    def through(self, lists: ContentsLists, package_set: PackageSet) -> Located:
        """Look through the lists.

        Raises:
            UnusableIndexError: one is damaged, or of another version.
        """
        with ExitStack() as stack:
            opened = [
                stack.enter_context(open_file_list(place)) for place in lists.places
            ]
            best, has_more = best_files(
                _files_in(opened, self.pattern),
                limit=self.limit,
                here=self.here,
                is_known=lambda name: bool(package_set.universe.versions(name)),
            )
            file_count = sum(one.count for one in opened)
        return Located(
            input_name=package_set.input_name,
            files=tuple(map(self._located, best)),
            has_more=has_more,
            file_count=file_count,
            looked_in=_looked_in(package_set, lists, file_count),
        )

    def _located(self, file: FoundFile) -> LocatedFile:
        return LocatedFile(
            path=file.path,
            package=file.package,
            requirement=f"{self.prefix}{file.package}",
            is_here=file.package in self.here,
        )


def _lists(doors: Doors, package_set: PackageSet) -> ContentsLists:
    build = partial(build_file_list, progress=doors.display)
    return contents_lists(doors, package_set, ending="files", build=build)


def _files_in(lists: Sequence[FileList], pattern: FilePattern) -> Iterator[FoundFile]:
    """Yield the files that are meant, some of them several times."""
    for folder, locations, names in _groups(lists, pattern):
        place = folder.decode("utf-8", "surrogateescape")
        written = [name.decode("utf-8", "surrogateescape") for name in names]
        for name in pattern.among(place, written):
            for location in locations.decode("utf-8", "replace").split(","):
                yield FoundFile(path_of(place, name), location.rpartition("/")[2])


def _groups(lists: Sequence[FileList], pattern: FilePattern) -> Iterator[Group]:
    for one in lists:
        if pattern.name is not None:
            yield from one.named(os.fsencode(pattern.name))
        else:
            yield from one.containing(os.fsencode(pattern.fragment))


def _names_here(
    doors: Doors, project: Project | None, input_name: str
) -> Iterator[str]:
    """Yield the packages of an input that the project around has in its lock."""
    for graph in graphs_around(doors, project):
        for name, package in graph.packages.items():
            if package.input == input_name:
                yield name


def _looked_in(package_set: PackageSet, lists: ContentsLists, file_count: int) -> str:
    pockets = [
        snapshot.pocket.name
        for snapshot in package_set.snapshots
        if snapshot.pocket.name not in lists.failures
    ]
    what = f"{file_count:,} files of {', '.join(pockets)}"
    missing = "; ".join(
        f"{pocket} could not be looked at: {error.what}"
        for pocket, error in lists.failures.items()
    )
    return f"{what}; {missing}" if missing else what
