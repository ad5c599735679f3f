"""GNU bash."""

from collections.abc import Sequence

from devenv.shells import posix
from devenv.shells.base import checked_entries, checked_name

quote = posix.quote


def set_variable(name: str, value: str) -> str:
    """Export a variable, whatever `export` is an alias or a function of."""
    return f"builtin export {checked_name(name)}={quote(value)}"


def unset_variable(name: str) -> str:
    """Remove a variable."""
    return f"builtin unset -v {checked_name(name)}"


def prepend(name: str, entries: Sequence[str]) -> str:
    """Move entries to the front of a list, by a function of the start file."""
    words = " ".join(map(quote, checked_entries(entries)))
    return f"_devenv_put_in_front {checked_name(name)} {words}"


def append(name: str, entries: Sequence[str]) -> str:
    """Put entries behind a list, by a function of the start file."""
    words = " ".join(map(quote, checked_entries(entries)))
    return f"_devenv_put_behind {checked_name(name)} {words}"
