"""Which packages could meet a dependency, and which dependencies count."""

from collections.abc import Iterator, Mapping

from devenv.model.apt import Alternatives, AptPackage, Relation
from devenv.model.resolution import ResolutionRules
from devenv.typed import Protocol
from devenv.values import dataclass

_ANY_ARCHITECTURE = frozenset({None, "any", "native"})
_PRIORITIES = ("required", "important", "standard", "optional")


class PackageSet(Protocol):
    """What can be chosen from, and how its versions are ordered."""

    def versions(self, name: str) -> tuple[AptPackage, ...]:
        """Return every version of the package `name`, the newest first."""

    def providers(self, name: str) -> tuple[tuple[AptPackage, Relation], ...]:
        """Return what provides `name`, by name, the newest first, and how."""

    def satisfies(self, version: str, operator: str, wanted: str) -> bool:
        """Tell whether `version` stands in this relation to `wanted`."""

    def upstream(self, version: str) -> str:
        """Return a version as its makers number it."""

    def nearest_names(self, name: str, limit: int) -> tuple[str, ...]:
        """Return names that someone who wrote `name` may have meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """Something to be met: one group of a dependency, or a request.

    `wanter` is the package that has the dependency, empty for a request. With
    `presets`, exactly those packages are meant, whatever the rules skip.
    """

    options: Alternatives
    wanter: str = ""
    presets: tuple[AptPackage, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """The rules applied to a set of packages.

    `requested` names bring their recommended packages along.
    """

    packages: PackageSet
    rules: ResolutionRules
    requested: frozenset[str]

    def met_by(self, want: Want, chosen: Mapping[str, AptPackage]) -> str | None:
        """Return the name of a chosen package that meets `want`, if one does."""
        for option in want.options:
            held = chosen.get(option.name)
            if held is not None and self._fits(held, option, want):
                return held.name
            if want.presets is None:
                for provider in self._providers(option):
                    held = chosen.get(provider.name)
                    if held is not None and held.version == provider.version:
                        return held.name
        return None

    def skipped_name(self, want: Want) -> str | None:
        """Return the name because of which the rules leave `want` unmet.

        One skipped alternative is enough: the group then asks for a service of
        the system, which the machine has or can do without.
        """
        if want.presets is not None:
            return None
        for option in want.options:
            if option.name in self.rules.skipped:
                return option.name
        for option in want.options:
            if not any(self._real(option)) and any(
                provider.name in self.rules.skipped
                for provider in self._providers(option)
            ):
                return option.name
        return None

    def candidates(self, want: Want) -> Iterator[AptPackage]:
        """Yield the packages that meet `want`, the best first.

        Alternatives in their order; packages of the name before those that
        provide it; the newest version first.
        """
        if want.presets is not None:
            yield from want.presets
            return
        for option in want.options:
            yield from self._real(option)
            yield from self._ordered_providers(option)

    def wants_of(self, package: AptPackage) -> Iterator[Want]:
        """Yield what a package brings in: dependencies, then what rules add."""
        for group in (*package.pre_depends, *package.depends):
            yield Want(options=group, wanter=package.name)
        additions = self.rules.implied.get(package.name, ())
        if package.name in self.requested:
            additions += self.rules.recommended.get(package.name, ())
        for name in additions:
            # Not every release has every name of the table.
            if versions := self.packages.versions(name):
                yield Want(
                    options=(Relation(name=name),),
                    wanter=package.name,
                    presets=versions,
                )

    def _fits(self, package: AptPackage, option: Relation, want: Want) -> bool:
        if want.presets is not None:
            return package in want.presets
        return self._is_architecture(package, option) and self._is_version(
            package.version, option
        )

    def _real(self, option: Relation) -> Iterator[AptPackage]:
        for package in self.packages.versions(option.name):
            if self._is_architecture(package, option) and self._is_version(
                package.version, option
            ):
                yield package

    def _providers(self, option: Relation) -> Iterator[AptPackage]:
        """Yield the packages whose Provides meets `option` (Policy 7.5).

        A relation with a version is met by a versioned Provides only.
        """
        for package, provided in self.packages.providers(option.name):
            if not self._is_architecture(package, option):
                continue
            if option.operator is None or (
                provided.version is not None
                and self._is_version(provided.version, option)
            ):
                yield package

    def _ordered_providers(self, option: Relation) -> list[AptPackage]:
        """Return the providers: newest versions, then by priority, then small.

        apt leaves the choice to chance of order; the smallest of the most
        ordinary ones is what a person would take (`awk`: mawk).
        """
        seen: dict[str, int] = {}
        keyed: list[tuple[int, int, int, str, AptPackage]] = []
        for package in self._providers(option):
            age = seen[package.name] = seen.get(package.name, -1) + 1
            if package.name not in self.rules.skipped:
                rank = _priority_rank(package.priority)
                keyed.append((age, rank, package.size, package.name, package))
        return [package for *_, package in sorted(keyed, key=lambda key: key[:-1])]

    def _is_version(self, version: str, option: Relation) -> bool:
        if option.operator is None or option.version is None:
            return True
        return self.packages.satisfies(version, option.operator, option.version)

    @staticmethod
    def _is_architecture(package: AptPackage, option: Relation) -> bool:
        return option.architecture in _ANY_ARCHITECTURE or (
            package.architecture in {"all", option.architecture}
        )


def _priority_rank(priority: str) -> int:
    return _PRIORITIES.index(priority) if priority in _PRIORITIES else len(_PRIORITIES)
