"""The packages of one input: its pockets, merged as apt merges them."""

from collections.abc import Sequence

from devenv.formats import debian_version
from devenv.model.apt import AptPackage, Relation
from devenv.plan.nearest import nearest_names
from devenv.sources.apt.index import PackageIndex
from devenv.sources.apt.search_file import search_file_content

_Summary = tuple[str, str, str]
"""Version, architecture and description of a package."""


class Universe:
    """Every package of an input, whichever pocket it comes from.

    Of the same version in several pockets, the first index's is taken; apart
    from that the order of the indexes does not matter. What is looked up is
    remembered. It owns the indexes: `close` closes them.
    """

    def __init__(self, indexes: Sequence[PackageIndex]) -> None:
        self._indexes = tuple(indexes)
        self._versions: dict[str, tuple[AptPackage, ...]] = {}
        self._providers: dict[str, tuple[tuple[AptPackage, Relation], ...]] = {}

    def close(self) -> None:
        """Close every index; closing twice is fine."""
        for index in self._indexes:
            index.close()

    def versions(self, name: str) -> tuple[AptPackage, ...]:
        """Return every version of the package `name`, the newest first."""
        if name not in self._versions:
            found = [
                package for index in self._indexes for package in index.packages(name)
            ]
            self._versions[name] = _merged(found)
        return self._versions[name]

    def providers(self, name: str) -> tuple[tuple[AptPackage, Relation], ...]:
        """Return what provides `name`, with the very words of its Provides.

        Sorted by the provider's name, the newest version first.
        """
        if name not in self._providers:
            found = [
                package for index in self._indexes for package in index.providers(name)
            ]
            ordered = sorted(_merged(found), key=lambda package: package.name)
            self._providers[name] = tuple(
                (package, relation)
                for package in ordered
                for relation in package.provides
                if relation.name == name
            )
        return self._providers[name]

    def satisfies(self, version: str, operator: str, wanted: str) -> bool:
        """Tell whether `version` stands in this relation to `wanted`."""
        return debian_version.satisfies(version, operator, wanted)

    def upstream(self, version: str) -> str:
        """Return `version` without what Debian added to it."""
        return debian_version.upstream(version)

    def searchable(self) -> bytes:
        """Return the content of the file in which these packages are searched.

        A package is found by any description it has, and shown with its newest
        version.
        """
        descriptions: list[tuple[str, str]] = []
        newest: dict[str, _Summary] = {}
        for index in self._indexes:
            for name, version, architecture, about in index.summaries():
                descriptions.append((name, about))
                summary = (version, architecture, about)
                known = newest.get(name)
                if known is None or _age(summary) > _age(known):
                    newest[name] = summary
        rows = [(name, version, about) for name, (version, _, about) in newest.items()]
        return search_file_content(descriptions, rows)

    def names(self) -> frozenset[str]:
        """Return the name of every package."""
        return frozenset(known for index in self._indexes for known in index.names())

    def names_like(self, pattern: str) -> tuple[str, ...]:
        """Return the names that a pattern fits, sorted; `*` stands for anything."""
        names = {name for index in self._indexes for name in index.names_like(pattern)}
        return tuple(sorted(names))

    def nearest_names(self, name: str, limit: int) -> tuple[str, ...]:
        """Return names that someone who wrote `name` may have meant, best first."""
        return nearest_names(self.names(), name, limit)


def _merged(packages: Sequence[AptPackage]) -> tuple[AptPackage, ...]:
    """Return one of each (name, version, architecture), the newest first."""
    first: dict[tuple[str, str, str], AptPackage] = {}
    for package in packages:
        first.setdefault((package.name, package.version, package.architecture), package)
    return tuple(
        sorted(
            first.values(),
            key=lambda found: _age((found.version, found.architecture)),
            reverse=True,
        )
    )


def _age(summary: tuple[str, ...]) -> tuple[object, ...]:
    """Return what is greater for the newer of two (version, architecture, ...)."""
    version, architecture, *_ = summary
    return debian_version.sort_key(version), version, architecture
