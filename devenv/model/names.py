"""What people call things, where the archive has another name for them."""

from collections.abc import Mapping

from devenv.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownName:
    """What a name means: alternatives, each of one or more requirements.

    The words of `versioned` have the form `name` or `name@V`, in which
    `{version}`, `{minor}` and `{major}` stand for parts of what was asked for.
    """

    plain: tuple[tuple[str, ...], ...]
    versioned: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTable:
    """The names that are known, in lower case."""

    names: Mapping[str, KnownName] = field(default_factory=dict)
