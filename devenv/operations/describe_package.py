"""`devenv info`: what a package is and what it brings along."""

from collections.abc import Iterator, Mapping

from devenv.errors import UnknownPackageError
from devenv.formats.requirement import parse_requirement
from devenv.model.apt import AptPackage
from devenv.model.lock import LockedPackage
from devenv.model.out_of_reach import ProgramReach
from devenv.model.project import Project
from devenv.operations.doors import Doors
from devenv.operations.known_names import name_table
from devenv.operations.out_of_reach import programs_out_of_reach
from devenv.operations.own_rules import resolution_rules
from devenv.operations.package_set import open_packages
from devenv.operations.project_around import graphs_around, input_around
from devenv.plan.lock_graph import Chain, chains_to
from devenv.plan.names import expand_names
from devenv.values import dataclass

_KIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class InProject:
    """A package as a project has locked it, and why."""

    package: LockedPackage
    is_library: bool
    chains: tuple[Chain, ...]

    def as_json(self) -> Mapping[str, object]:
        """Return it as `--json` prints it."""
        return {
            "input": self.package.input,
            "libraries": self.is_library,
            "version": self.package.version,
            "pocket": self.package.pocket,
            "for_scripts": self.package.is_base,
            "chains": [
                {"entries": list(chain.entries), "path": list(chain.path)}
                for chain in self.chains
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageDescription:
    """A package, the closure it needs, and the sizes of it all in bytes.

    It is the newest of its input; `locked` are those that the project around has.
    `programs` are those of which something is out of reach of redirection, None if
    the package is not in the store.
    """

    input_name: str
    package: AptPackage
    direct: tuple[str, ...]
    closure: tuple[str, ...]
    closure_bytes: int
    installed_bytes: int
    locked: tuple[InProject, ...] = ()
    programs: tuple[ProgramReach, ...] | None = None

    def as_json(self) -> Mapping[str, object]:
        """Return the description as `--json` prints it."""
        return {
            "input": self.input_name,
            "name": self.package.name,
            "version": self.package.version,
            "pocket": self.package.pocket,
            "description": self.package.description,
            "section": self.package.section,
            "architecture": self.package.architecture,
            "download_bytes": self.package.size,
            "needs": list(self.direct),
            "closure": list(self.closure),
            "closure_download_bytes": self.closure_bytes,
            "closure_installed_bytes": self.installed_bytes,
            "locked": [item.as_json() for item in self.locked],
            "out_of_reach": None
            if self.programs is None
            else [
                {"program": item.path, "reasons": [str(one) for one in item.reasons]}
                for item in self.programs
            ],
        }


def describe_package(
    doors: Doors, text: str, *, project: Project | None = None
) -> PackageDescription:
    """Return what is known of the package a requirement means.

    The base set, which joins when a script needs it, is only known once the
    packages are unpacked, and not counted here. In a project it tells what its
    lock has of the package, too.

    Raises:
        UnknownPackageError: there is no such package.
    """
    wanted = parse_requirement(text)
    with open_packages(
        doors, input_around(doors, project, wanted.input)
    ) as package_set:
        first, *_ = expand_names(wanted, package_set.universe, name_table())
        resolution = package_set.resolve([first.pinned_name])
    chosen = next(
        (item for item in resolution.packages.values() if item.is_requested), None
    )
    if chosen is None:
        raise UnknownPackageError(
            f"{package_set.input_name} has no package called {text}"
        )
    packages = [item.package for item in resolution.packages.values()]
    return PackageDescription(
        input_name=package_set.input_name,
        package=chosen.package,
        direct=chosen.depends_on,
        closure=tuple(resolution.packages),
        closure_bytes=sum(package.size for package in packages),
        installed_bytes=sum(package.installed_size_kib for package in packages) * _KIB,
        locked=tuple(_in_project(doors, project, chosen.package.name)),
        programs=programs_out_of_reach(doors, chosen.package),
    )


def _in_project(
    doors: Doors, project: Project | None, name: str
) -> Iterator[InProject]:
    """Yield what a project's lock has of a package; the lock stays as it is."""
    for graph in graphs_around(doors, project):
        if name in graph.packages:
            yield InProject(
                package=graph.packages[name],
                is_library=graph.is_libraries,
                chains=chains_to(graph, name, resolution_rules().base),
            )
