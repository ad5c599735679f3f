"""What the dynamic loader asks of a shared library, and what it offers."""

from collections.abc import Mapping

from devenv.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Linkage:
    """The dynamic section of a library, as far as other libraries are concerned.

    `needed` are DT_NEEDED names. `version_needs` maps such a name to the version
    nodes it must define (weak ones, which the loader can do without, left out);
    `versions` are the nodes that this library defines, none if it has no versions.
    """

    soname: str | None
    needed: tuple[str, ...] = ()
    version_needs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    versions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbols:
    """Names that a library looks up elsewhere (weak ones left out), or offers."""

    undefined: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()
