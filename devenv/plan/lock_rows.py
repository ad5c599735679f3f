"""A resolution as the rows of a lock."""

from devenv.model.apt import AptPackage, Relation
from devenv.model.lock import LockedPackage
from devenv.model.resolution import Resolution, ResolvedPackage
from devenv.plan.candidates import PackageSet

_OLD_OPERATORS = {"<": "<=", ">": ">="}
"""What dpkg still reads the old ones as (Policy 7.1)."""


def rows_of(
    resolution: Resolution, packages: PackageSet, *, input_name: str
) -> tuple[LockedPackage, ...]:
    """Return a row for each package, sorted by name.

    What nothing but the base set needs is flagged.
    """
    asked_for = resolution.closure(resolution.requested)
    return tuple(
        _row(
            resolution,
            name,
            packages,
            input_name=input_name,
            is_base=name not in asked_for,
        )
        for name in sorted(resolution.packages)
    )


def _row(
    resolution: Resolution,
    name: str,
    packages: PackageSet,
    *,
    input_name: str,
    is_base: bool,
) -> LockedPackage:
    item = resolution.packages[name]
    package = item.package
    return LockedPackage(
        input=input_name,
        name=name,
        version=package.version,
        architecture=package.architecture,
        pocket=package.pocket,
        location=package.filename,
        sha256=package.sha256,
        size=package.size,
        unpacked_kib=package.installed_size_kib,
        needs=_needs(item, resolution, packages),
        is_base=is_base,
    )


def _needs(
    item: ResolvedPackage, resolution: Resolution, packages: PackageSet
) -> tuple[str, ...]:
    """Return the edges of a package, with the versions that they ask for."""
    found: set[str] = set()
    for name in item.depends_on:
        if name == item.package.name:
            continue
        chosen = resolution.packages[name].package
        relations = {
            _shown(option)
            for group in (*item.package.pre_depends, *item.package.depends)
            for option in group
            if _is_met(option, chosen, packages)
        }
        # A name alone says no more than what stands beside it.
        found |= {text for text in relations if " " in text} or {name}
    return tuple(sorted(found))


def _is_met(option: Relation, chosen: AptPackage, packages: PackageSet) -> bool:
    if option.name != chosen.name:
        return False
    if option.operator is None or option.version is None:
        return True
    return packages.satisfies(chosen.version, option.operator, option.version)


def _shown(option: Relation) -> str:
    if option.operator is None:
        return option.name
    operator = _OLD_OPERATORS.get(option.operator, option.operator)
    return f"{option.name} ({operator} {option.version})"
