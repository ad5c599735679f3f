"""The table of names that people use: `devenv/data/names.toml`."""

from collections.abc import Mapping

from devenv.errors import FormatError
from devenv.formats.toml_lines import read_toml
from devenv.model.names import KnownName, NameTable
from devenv.patterns import late_pattern
from devenv.typed import Any

_WORD = late_pattern(r"[a-z0-9][a-z0-9+.{}-]*(?:@\{(?:version|minor|major)\})?")
_PLACE = late_pattern(r"\{([a-z]*)\}")
_PLACES = frozenset({"version", "minor", "major"})


def parse_name_table(text: str) -> NameTable:
    """Return what the table says.

    Raises:
        FormatError: it is not such a table; it names the key.
    """
    return NameTable(
        names={name: _known_name(name, row) for name, row in read_toml(text).items()}
    )


def _known_name(name: str, row: Mapping[str, Any]) -> KnownName:
    if set(row) != {"plain", "versioned"}:
        raise FormatError("expected the keys plain and versioned", where=name)
    return KnownName(
        plain=_alternatives(row["plain"], f"{name}.plain", places=frozenset()),
        versioned=_alternatives(row["versioned"], f"{name}.versioned", places=_PLACES),
    )


def _alternatives(
    texts: list[str], where: str, *, places: frozenset[str]
) -> tuple[tuple[str, ...], ...]:
    found = tuple(tuple(text.split()) for text in texts)
    for word in (word for words in found for word in words):
        if not _WORD.fullmatch(word) or not places.issuperset(_PLACE.findall(word)):
            raise FormatError(f"{word!r} is not a requirement", where=where)
    return found
