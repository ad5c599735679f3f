"""What a requirement may mean, with the names that people use."""

from collections.abc import Sequence

from devenv.model.apt import AptPackage
from devenv.model.names import NameTable
from devenv.model.requirement import Requirement
from devenv.typed import Protocol

Meaning = tuple[Requirement, ...]
"""Requirements that a name stands for together (`rust`: rustc and cargo)."""


class Versions(Protocol):
    """What a requirement is looked up in."""

    def versions(self, name: str) -> tuple[AptPackage, ...]: ...

    def upstream(self, version: str) -> str: ...


def meanings(requirement: Requirement, table: NameTable) -> tuple[Meaning, ...]:
    """Return what a requirement may mean, the likeliest first: itself.

    All have its input.
    """
    known = table.names.get(requirement.name)
    if known is None:
        return ((requirement,),)
    version = requirement.version
    words = known.plain if version is None else known.versioned
    places = _places(version or "")
    return (
        (requirement,),
        *(
            tuple(_meant(word.format_map(places), requirement) for word in group)
            for group in words
            if group != (requirement.name,)
        ),
    )


def expand_names(
    requirement: Requirement, packages: Versions, table: NameTable
) -> Meaning:
    """Return the first meaning of which all is there; itself if none is."""
    found = first_fitting(meanings(requirement, table), packages)
    return found or (requirement,)


def first_fitting(choices: Sequence[Meaning], packages: Versions) -> Meaning | None:
    """Return the first meaning of which everything is there, if one is."""
    for choice in choices:
        if all(fits(requirement, packages) for requirement in choice):
            return choice
    return None


def fits(requirement: Requirement, packages: Versions) -> bool:
    """Tell whether a package of this name has a version that was asked for."""
    prefix = requirement.version or ""
    return any(
        package.version == prefix
        or has_prefix(packages.upstream(package.version), prefix)
        for package in packages.versions(requirement.name)
    )


def has_prefix(version: str, prefix: str) -> bool:
    """Tell whether `1.2` or `1.2.3` (not `1.20`) is asked for as `1.2`."""
    rest = version.removeprefix(prefix)
    return version.startswith(prefix) and (not prefix or not rest[:1].isdigit())


def _places(version: str) -> dict[str, str]:
    numbers = version.split(".")
    return {
        "version": version,
        "minor": ".".join(numbers[:2]),
        "major": numbers[0],
    }


def _meant(word: str, requirement: Requirement) -> Requirement:
    name, _, version = word.partition("@")
    return Requirement(
        name=name, written=name, input=requirement.input, version=version or None
    )
