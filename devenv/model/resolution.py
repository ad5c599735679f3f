"""Which version of what: the answer to a list of requirements."""

from collections.abc import Iterable, Mapping

from devenv.model.apt import AptPackage
from devenv.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolutionRules:
    """Where devenv departs from what the archive's Depends fields say.

    `base` is the set that scripts may use unasked; `skipped` are names that no
    dependency brings in; `implied` come along with a package in any case,
    `recommended` only with one that was asked for by name.
    """

    base: tuple[str, ...] = ()
    skipped: frozenset[str] = frozenset()
    implied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recommended: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedPackage:
    """One package of a resolution, and its edges, as sorted names.

    `is_requested` tells that a requirement named it, and not only another
    package.
    """

    package: AptPackage
    required_by: tuple[str, ...]
    is_requested: bool
    depends_on: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """A set of packages that meets every requirement, one version of each name.

    All mappings are sorted by key. `requested` are sorted package names, and
    `answers` tells which one stands for a requirement as it was written
    (`awk` may be `mawk`). `skipped` maps a name that was left out by rule to
    the first package that wanted it.
    """

    packages: Mapping[str, ResolvedPackage]
    requested: tuple[str, ...]
    answers: Mapping[str, str]
    skipped: Mapping[str, str]

    def closure(self, names: Iterable[str]) -> frozenset[str]:
        """Return `names` and everything they depend on, however far."""
        waiting = list(names)
        reached: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting.extend(self.packages[name].depends_on)
        return frozenset(reached)
