"""A set of packages in which what is locked comes first.

So that whatever is resolved anew keeps its locked version as long as the
requirements allow, even if the archive has dropped it, and whatever newer there
is. The edges of a locked package are those of the lock: an alternative that was
chosen stays chosen.
"""

from collections.abc import Iterable

from devenv.model.apt import Alternatives, AptPackage, Relation
from devenv.model.lock import LockedPackage
from devenv.plan.candidates import PackageSet
from devenv.values import replace


class PinnedPackages:
    """`packages`, with the `pinned` rows before their other versions."""

    def __init__(self, packages: PackageSet, pinned: Iterable[LockedPackage]) -> None:
        self._packages = packages
        self._pinned = {row.name: row for row in pinned}
        self._found: dict[str, AptPackage] = {}

    def versions(self, name: str) -> tuple[AptPackage, ...]:
        """Return every version of a package: the locked one, then the newest."""
        known = self._packages.versions(name)
        return (self._locked(name), *known) if name in self._pinned else known

    def providers(self, name: str) -> tuple[tuple[AptPackage, Relation], ...]:
        """Return what provides `name`; of each package the locked one first.

        A locked version that the archive has dropped is taken to provide what
        the newest one does.
        """
        known = self._packages.providers(name)
        found: list[tuple[AptPackage, Relation]] = []
        before = ""
        for package, relation in known:
            if package.name != before and package.name in self._pinned:
                locked = self._locked(package.name)
                found.extend(
                    (locked, own) for own in locked.provides if own.name == name
                )
            found.append((package, relation))
            before = package.name
        return tuple(found)

    def satisfies(self, version: str, operator: str, wanted: str) -> bool:
        """Tell whether `version` stands in this relation to `wanted`."""
        return self._packages.satisfies(version, operator, wanted)

    def upstream(self, version: str) -> str:
        """Return a version as its makers number it."""
        return self._packages.upstream(version)

    def nearest_names(self, name: str, limit: int) -> tuple[str, ...]:
        """Return names that someone who wrote `name` may have meant."""
        return self._packages.nearest_names(name, limit)

    def _locked(self, name: str) -> AptPackage:
        if name not in self._found:
            row = self._pinned[name]
            self._found[name] = _as_package(row, self._packages.versions(name))
        return self._found[name]


def other_bytes(
    rows: Iterable[LockedPackage], packages: PackageSet
) -> tuple[LockedPackage, ...]:
    """Return rows whose version the archive has with another hash.

    Somebody edited the lock, or the archive replaced a version; either way the
    index is signed and the lock is not.
    """
    return tuple(
        row
        for row in rows
        for package in packages.versions(row.name)
        if (package.version, package.architecture) == (row.version, row.architecture)
        and package.sha256 != row.sha256
    )


def _as_package(row: LockedPackage, known: tuple[AptPackage, ...]) -> AptPackage:
    """Return a locked package as an index would describe it."""
    depends = tuple(_edge(need) for need in row.needs)
    for package in known:
        if package.sha256 == row.sha256 and package.version == row.version:
            return replace(package, depends=depends, pre_depends=())
    newest = known[0] if known else None
    return AptPackage(
        name=row.name,
        version=row.version,
        architecture=row.architecture,
        filename=row.location,
        sha256=row.sha256,
        size=row.size,
        installed_size_kib=row.unpacked_kib,
        source=newest.source if newest else row.name,
        section=newest.section if newest else "",
        priority=newest.priority if newest else "optional",
        multi_arch=newest.multi_arch if newest else "",
        description=newest.description if newest else "",
        pocket=row.pocket,
        depends=depends,
        provides=newest.provides if newest else (),
    )


def _edge(need: str) -> Alternatives:
    name, _, relation = need.partition(" ")
    if not relation:
        return (Relation(name=name),)
    operator, _, version = relation.strip("()").partition(" ")
    return (Relation(name=name, operator=operator, version=version),)
