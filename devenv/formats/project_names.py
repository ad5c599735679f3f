"""The table of what other tools call things: `devenv/data/project_names.toml`."""

import tomllib
from collections.abc import Mapping

from devenv.errors import FormatError, UsageError
from devenv.formats.requirement import parse_requirement
from devenv.model.proposal import NameKind

ProjectNames = Mapping[NameKind, Mapping[str, tuple[str, ...]]]
"""By whose name it is: the requirements that each name means, none if it has none."""


def parse_project_names(text: str) -> ProjectNames:
    """Return what the table says.

    Raises:
        FormatError: it is not such a table; it names the key.
    """
    found: dict[NameKind, dict[str, tuple[str, ...]]] = {}
    for kind, rows in tomllib.loads(text).items():
        if kind not in {*NameKind}:
            raise FormatError("there is no such kind of name", where=kind)
        found[NameKind(kind)] = {
            name: _requirements(value, f"{kind}.{name}") for name, value in rows.items()
        }
    return found


def _requirements(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, str):
        raise FormatError("a name means requirements, as one text", where=where)
    words = tuple(value.split())
    try:
        for word in words:
            parse_requirement(word)
    except UsageError as error:
        raise FormatError(error.what, where=where) from error
    return words
