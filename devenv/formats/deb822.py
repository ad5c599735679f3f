"""Paragraphs of `Field: value` lines, as Debian writes small files (deb822(5)).

For a Release or a `.sources` file. The big Packages files have a parser of
their own, which is quicker and keeps less: `devenv.formats.packages_file`.
"""

import re
from collections.abc import Iterator

from devenv.errors import FormatError

_FIELD = re.compile(r"([!-,./-9;-~][!-9;-~]*):[ \t]*(.*)")
"""A name is printable ASCII without `:`, and starts with neither `#` nor `-`."""


def paragraphs(text: str) -> Iterator[dict[str, str]]:
    """Yield the fields of every paragraph, in the file's order.

    The lines of a folded value are joined by newlines, each without the white
    space around it; lines that start with `#` are comments.

    Raises:
        FormatError: a line is no field, a field stands twice in a paragraph
            (in whatever case), or a value is continued that never began.
    """
    fields: dict[str, str] = {}
    last = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith("#"):
            continue
        if not line.strip():
            if fields:
                yield fields
            fields, last = {}, ""
        elif line[0] in " \t":
            if not last:
                raise _error("a continuation without a field", number, line)
            fields[last] += "\n" + line.strip()
        else:
            last, value = _field(line, number)
            if any(last.lower() == name.lower() for name in fields):
                raise _error("a field that was given already", number, line)
            fields[last] = value
    if fields:
        yield fields


def _field(line: str, number: int) -> tuple[str, str]:
    found = _FIELD.fullmatch(line)
    if found is None:
        raise _error("not a field", number, line)
    return found[1], found[2].strip()


def _error(what: str, number: int, line: str) -> FormatError:
    return FormatError(f"{what}: {line[:80]!r}", where=f"line {number}")
