"""Relations between packages: Depends, Provides and their like (Policy 7.1)."""

import re
from collections.abc import Iterable
from functools import lru_cache

from devenv.errors import FormatError
from devenv.model.apt import Alternatives, Relation
from devenv.patterns import late_pattern

_RELATION = late_pattern(
    r"""
    (?P<name>[A-Za-z0-9][A-Za-z0-9+._-]*)
    (?: : (?P<architecture>[a-z0-9-]+) )?
    (?: \s* \( \s* (?P<operator><<|<=|=|>=|>>|<|>)
        \s* (?P<version>[A-Za-z0-9.+~:-]+) \s* \) )?
    (?: \s* \[ [^\]]* \] )?
    (?: \s* < [^>]* > )*
    """,
    re.VERBOSE | re.ASCII,
)
"""Restrictions on architectures and build profiles belong to source packages.

In a binary package they have been applied already, so they are read over.
"""


@lru_cache(maxsize=20_000)
def parse_relations(text: str) -> tuple[Alternatives, ...]:
    """Return the groups of `text`, each a choice: `a (>= 1) | b:any, c`.

    Empty groups, as a stray comma makes them, are left out.

    Raises:
        FormatError: a relation is malformed.
    """
    return tuple(
        tuple(_relation(option.strip()) for option in group.split("|"))
        for group in text.split(",")
        if group.strip()
    )


def parse_provides(text: str) -> tuple[Relation, ...]:
    """Return what a Provides field names, each alone: `a, b (= 1)`.

    Raises:
        FormatError: an entry is malformed, offers a choice, or has an operator
            other than `=` (Policy 7.5).
    """
    groups = parse_relations(text)
    for group in groups:
        if len(group) > 1 or group[0].operator not in {None, "="}:
            shown = format_relations((group,))
            raise FormatError(f"a package cannot provide {shown!r}")
    return tuple(group[0] for group in groups)


def format_relation(relation: Relation) -> str:
    """Return one alternative as it is written in a field: `b:any (>= 1)`."""
    architecture = f":{relation.architecture}" if relation.architecture else ""
    version = f" ({relation.operator} {relation.version})" if relation.operator else ""
    return f"{relation.name}{architecture}{version}"


def format_relations(groups: Iterable[Alternatives]) -> str:
    """Return a whole field; `parse_relations` of it gives `groups` again."""
    return ", ".join(
        " | ".join(format_relation(option) for option in group) for group in groups
    )


def _relation(text: str) -> Relation:
    found = _RELATION.fullmatch(text)
    if found is None:
        raise FormatError(f"{text!r} is not a relation to a package")
    return Relation(**found.groupdict())
