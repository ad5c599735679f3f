"""Text in which names stand for the values of variables."""

from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A variable's value, or `default` where it has none.

    Without a default a missing variable is an error. `is_for_empty`: the default
    stands for an empty value, too (`:-`, as in sh).
    """

    name: str
    default: "Template | None" = None
    is_for_empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Literal texts and references in turn. `text` is what was written."""

    text: str
    parts: tuple[str | Reference, ...]
