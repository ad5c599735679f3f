"""`devenv info`: what a package is and what it brings along."""

from collections.abc import Mapping
from dataclasses import dataclass

from devenv.errors import UnknownPackageError
from devenv.formats.requirement import parse_requirement, the_input
from devenv.model.apt import AptPackage
from devenv.operations.doors import Doors
from devenv.operations.package_set import open_packages

_KIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageDescription:
    """A package, the closure it needs, and the sizes of it all in bytes."""

    input_name: str
    package: AptPackage
    direct: tuple[str, ...]
    closure: tuple[str, ...]
    closure_bytes: int
    installed_bytes: int

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
        }


def describe_package(doors: Doors, text: str) -> PackageDescription:
    """Return what is known of the package a requirement means.

    The base set, which joins when a script needs it, is only known once the
    packages are unpacked, and not counted here.

    Raises:
        UnknownPackageError: there is no such package.
    """
    requirement = parse_requirement(text)
    input_name = the_input([requirement], default=doors.default_input)
    with open_packages(doors, input_name) as package_set:
        resolution = package_set.resolve([requirement.pinned_name])
    chosen = next(
        (item for item in resolution.packages.values() if item.is_requested), None
    )
    if chosen is None:
        raise UnknownPackageError(f"{input_name} has no package called {text}")
    packages = [item.package for item in resolution.packages.values()]
    return PackageDescription(
        input_name=input_name,
        package=chosen.package,
        direct=chosen.depends_on,
        closure=tuple(resolution.packages),
        closure_bytes=sum(package.size for package in packages),
        installed_bytes=sum(package.installed_size_kib for package in packages) * _KIB,
    )
