"""sh: dash, busybox and every other POSIX shell."""

from collections.abc import Sequence

from devenv.model.quotes import posix_quoted
from devenv.shells.base import checked_entries, checked_name, checked_text


def quote(text: str) -> str:
    """Wrap in single quotes; see `posix_quoted`."""
    return posix_quoted(checked_text(text))


def set_variable(name: str, value: str) -> str:
    """Export a variable."""
    return f"export {checked_name(name)}={quote(value)}"


def unset_variable(name: str) -> str:
    """Remove a variable."""
    return f"unset -v {checked_name(name)}"


def prepend(name: str, entries: Sequence[str]) -> str:
    """Put entries in front of a list, unless they are in front already."""
    checked_name(name)
    front = quote(":".join(checked_entries(entries)))
    return (
        f"case ${{{name}-}} in {front} | {front}:*) ;;"
        f" *) {name}={front}${{{name}:+:${name}}} ;; esac; export {name}"
    )


def append(name: str, entries: Sequence[str]) -> str:
    """Put entries behind a list, but for those that are in it already."""
    checked_name(name)
    cases = "; ".join(
        f"case :${{{name}-}}: in *:{word}:*) ;;"
        f" *) {name}=${{{name}:+${name}:}}{word} ;; esac"
        for word in map(quote, checked_entries(entries))
    )
    return f"{cases}; export {name}"
