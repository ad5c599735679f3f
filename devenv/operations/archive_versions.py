"""What the archives have, asked by somebody who can do without an answer."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from devenv.errors import DevenvError, ResolutionError
from devenv.formats import debian_version
from devenv.model.project import Project
from devenv.operations.doors import Display, Doors
from devenv.operations.known_names import name_table
from devenv.operations.package_set import PackageSet, open_packages
from devenv.operations.package_versions import PackageVersion, package_versions
from devenv.operations.project_around import input_around
from devenv.sources.apt.inputs import built_in
from devenv.values import dataclass, field


@contextmanager
def archive_versions(
    open_doors: Callable[[], Doors], display: Display, project: Project
) -> Iterator["ArchiveVersions"]:
    """Yield what answers; doors are opened by the first question.

    The inputs are those of the project, as they are when it is locked.
    """
    with ExitStack() as stack:
        yield ArchiveVersions(
            open_doors=open_doors, display=display, project=project, stack=stack
        )


@dataclass(slots=True, kw_only=True)
class ArchiveVersions:
    """The default input, and all others where it has no right version."""

    open_doors: Callable[[], Doors]
    display: Display
    project: Project
    stack: ExitStack
    _doors: Doors | None = None
    _packages: PackageSet | None = None
    _is_out_of_reach: bool = field(default=False)

    def has(self, name: str) -> bool | None:
        """Tell whether the default input has a package; None if it cannot be asked."""
        packages = self._default()
        if packages is None:
            return None
        known = name_table().names.get(name)
        names = [word for group in known.plain for word in group] if known else [name]
        return all(packages.universe.versions(each) for each in names)

    def versions(self, name: str, *, everywhere: bool) -> tuple[str, ...] | None:
        """Return the upstream versions of what a name means; None likewise.

        The one that the name means without a version comes first, the others in
        the order in which inputs are asked, the newest of each first.
        """
        if self._default() is None or self._doors is None:
            return None
        doors = self._doors
        spec = self.project.spec
        text = name if everywhere else f"{spec.default_input}:{name}"
        try:
            rows = package_versions(doors, text, project=self.project)
        except ResolutionError:
            return ()
        except DevenvError as error:
            self.display.warn(f"versions of {name} cannot be looked up: {error.what}")
            return None
        order = (spec.default_input, *spec.inputs, *built_in().asked)
        plain = _plain_names(name)
        newest_first = sorted(
            rows,
            key=lambda row: debian_version.sort_key(row.package.version),
            reverse=True,
        )

        def rank(row: PackageVersion) -> tuple[bool, int]:
            places = [order.index(each) for each in row.inputs if each in order]
            place = min(places, default=len(order))
            return not (place == 0 and row.package.name in plain), place

        return tuple(_upstream(row) for row in sorted(newest_first, key=rank))

    def _default(self) -> PackageSet | None:
        if self._packages is not None or self._is_out_of_reach:
            return self._packages
        try:
            self._doors = self.open_doors()
            apt_input = input_around(self._doors, self.project, None)
            opened = open_packages(self._doors, apt_input)
            self._packages = self.stack.enter_context(opened)
        except DevenvError as error:
            self._is_out_of_reach = True
            self.display.warn(f"package lists cannot be looked into: {error.what}")
        return self._packages


def _plain_names(name: str) -> frozenset[str]:
    known = name_table().names.get(name)
    words = [word for group in known.plain for word in group] if known else []
    return frozenset({name, *words})


def _upstream(row: PackageVersion) -> str:
    version = debian_version.upstream(row.package.version)
    # Java counted 1.21 once, and what its default is, still does.
    if row.package.name.startswith("default-jdk"):
        version = re.sub(r"^1\.(?=\d\d)", "", version)
    return version
