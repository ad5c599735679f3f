"""What devenv needs to know about a shell; each sibling module is one."""

from collections.abc import Sequence

from devenv.errors import FormatError
from devenv.model.environment import Environment
from devenv.patterns import late_pattern
from devenv.typed import Protocol

_NAME = late_pattern(r"[A-Za-z_][A-Za-z0-9_]{0,255}")


class Shell(Protocol):
    """A few sentences in a shell's language; a plain module satisfies it.

    Text may hold lone surrogates for bytes that are not UTF-8; it is to be
    written with `surrogateescape`.
    """

    def quote(self, text: str, /) -> str:
        """Return `text` as one word that the shell reads back byte by byte.

        Raises:
            FormatError: it holds a NUL, which no shell can.
        """

    def set_variable(self, name: str, value: str) -> str:
        """Return the line that exports a variable."""

    def unset_variable(self, name: str) -> str:
        """Return the line that removes a variable."""

    def prepend(self, name: str, entries: Sequence[str]) -> str:
        """Return the line that puts entries in front of an exported list.

        The first entry wins. A list that is unset or empty gets no empty
        entry: in PATH that would be the current directory.
        """

    def append(self, name: str, entries: Sequence[str]) -> str:
        """Return the line that puts entries behind an exported list.

        One that the list has is not put there again.
        """


def environment_lines(shell: Shell, environment: Environment) -> list[str]:
    """Return the lines that apply an environment, in a fixed order."""
    values = sorted(environment.all_values.items())
    fronts = sorted(environment.prepend.items())
    backs = sorted(environment.append.items())
    return [
        *(shell.set_variable(name, value) for name, value in values),
        *(shell.unset_variable(name) for name in sorted(environment.unset)),
        *(shell.prepend(name, entries) for name, entries in fronts if entries),
        *(shell.append(name, entries) for name, entries in backs if entries),
    ]


def checked_name(name: str) -> str:
    """Return the name of a variable, as every shell allows it.

    Raises:
        FormatError: it is none; it must not get into shell text.
    """
    if not _NAME.fullmatch(name):
        raise FormatError("this cannot be the name of a variable", where=repr(name))
    return name


def checked_text(text: str) -> str:
    """Return a text that fits a variable.

    Raises:
        FormatError: it holds a NUL.
    """
    if "\0" in text:
        raise FormatError("a variable cannot hold a NUL byte", where=repr(text))
    return text


def checked_entries(entries: Sequence[str]) -> tuple[str, ...]:
    """Return the entries of a list whose separator is the colon.

    Raises:
        FormatError: one is empty or holds a colon, which would be two entries.
    """
    for entry in entries:
        if not entry or ":" in entry:
            raise FormatError("this cannot be an entry of a list", where=repr(entry))
    return tuple(entries)
