"""The text of `devenv/data/resolution.toml`."""

from collections.abc import Mapping

from devenv.errors import FormatError
from devenv.formats.toml_lines import read_toml
from devenv.model.resolution import ResolutionRules
from devenv.typed import Any

_KEYS = frozenset({"base", "skipped", "implied", "recommended"})


def parse_resolution_rules(text: str) -> ResolutionRules:
    """Return the rules that a TOML text states.

    `base` is a list of package names, the tables `skipped`, `implied` and
    `recommended` map a word to such a list; the words of `skipped` only group.

    Raises:
        FormatError: it is not TOML, has another key, or a value of another kind.
    """
    try:
        document = read_toml(text)
    except ValueError as error:
        raise FormatError(f"the resolution rules are not TOML: {error}") from error
    if unknown := sorted(document.keys() - _KEYS):
        raise FormatError("this key means nothing here", where=unknown[0])
    skipped = _table(document, "skipped").values()
    return ResolutionRules(
        base=_names(document.get("base", []), at="base"),
        skipped=frozenset(name for names in skipped for name in names),
        implied=_table(document, "implied"),
        recommended=_table(document, "recommended"),
    )


def _table(document: Mapping[str, Any], key: str) -> dict[str, tuple[str, ...]]:
    table = document.get(key, {})
    if not isinstance(table, dict):
        raise FormatError("expected a table of lists", where=key)
    return {word: _names(value, at=f"{key}.{word}") for word, value in table.items()}


def _names(value: object, *, at: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise FormatError("expected a list of package names", where=at)
    return tuple(value)
