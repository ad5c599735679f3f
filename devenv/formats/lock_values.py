"""Values of a lock's tables, each of the type that devenv writes.

Every function raises LockError, with the dotted key as `where`, where a table
has something else; `at` is the table's key and a dot.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from devenv.errors import LockError
from devenv.typed import Any

Table = Mapping[str, Any]

_LARGEST = (1 << 63) - 1


def check_keys(table: Table, known: Sequence[str], *, at: str) -> None:
    """Refuse a key that is not `known`."""
    for name in table:
        if name not in known:
            raise LockError(
                f"there is no key {name!r} here; known are {', '.join(known)}",
                where=f"{at}{name}",
            )


def tables_of(table: Table, name: str, *, at: str) -> Iterator[tuple[str, Table]]:
    """Yield the tables of a table, by key."""
    for key, value in table_of(table, name, at=at).items():
        if not isinstance(value, dict):
            raise LockError("expected a table", where=f"{at}{name}.{key}")
        yield key, value


def table_of(table: Table, name: str, *, at: str) -> Table:
    """Return a table; an absent one is empty."""
    value = table.get(name, {})
    if not isinstance(value, dict):
        raise LockError("expected a table", where=f"{at}{name}")
    return value


def list_of(table: Table, name: str, kind: type, *, at: str) -> list[Any]:
    """Return a list of `kind`; an absent one is empty."""
    value = table.get(name, [])
    if type(value) is not list or not all(type(item) is kind for item in value):
        expected = "tables" if kind is dict else "texts"
        raise LockError(f"expected a list of {expected}", where=f"{at}{name}")
    return value


def text_of(table: Table, name: str, *, at: str) -> str:
    """Return a text that is there, not empty, and printable."""
    value = table.get(name)
    if type(value) is not str or not value or not value.isprintable():
        raise LockError("expected a text", where=f"{at}{name}")
    return value


def matching_text(table: Table, name: str, pattern: re.Pattern[str], *, at: str) -> str:
    """Return a text that `pattern` matches as a whole."""
    value = text_of(table, name, at=at)
    if not pattern.fullmatch(value):
        raise LockError(f"not a {name}: {value[:80]!r}", where=f"{at}{name}")
    return value


def date_of(table: Table, name: str, *, at: str) -> datetime:
    """Return a date with a time and a zone."""
    value = table.get(name)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise LockError("expected a date with its time in UTC", where=f"{at}{name}")
    return value


def number_of(table: Table, name: str, *, at: str) -> int:
    """Return a number that is not negative."""
    value = table.get(name)
    if type(value) is not int or not 0 <= value <= _LARGEST:
        raise LockError("expected a number", where=f"{at}{name}")
    return value
