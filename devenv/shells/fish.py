r"""The friendly interactive shell."""

from collections.abc import Sequence

from devenv.model.quotes import fish_quoted
from devenv.shells.base import checked_entries, checked_name, checked_text


def quote(text: str) -> str:
    """Wrap in single quotes; see `fish_quoted`."""
    return fish_quoted(checked_text(text))


def set_variable(name: str, value: str) -> str:
    """Export a variable; fish itself splits one whose name ends in PATH."""
    return f"set -gx {checked_name(name)} {quote(value)}"


def unset_variable(name: str) -> str:
    """Remove a variable."""
    return f"set -e {checked_name(name)}"


def prepend(name: str, entries: Sequence[str]) -> str:
    """Move entries to the front of a list, by a function of the start file."""
    words = " ".join(map(quote, checked_entries(entries)))
    return f"_devenv_put_in_front {checked_name(name)} {words}"


def append(name: str, entries: Sequence[str]) -> str:
    """Put entries behind a list, by a function of the start file."""
    words = " ".join(map(quote, checked_entries(entries)))
    return f"_devenv_put_behind {checked_name(name)} {words}"
