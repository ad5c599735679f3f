"""Paragraphs of `Field: value` lines, as Debian writes small files (deb822(5)).

For a Release or a `.sources` file. The big Packages files have a parser of
their own, which is quicker and keeps less: `devenv.formats.packages_file`.
"""

from collections.abc import Iterable, Iterator

from devenv.errors import FormatError
from devenv.patterns import late_pattern

_FIELD = late_pattern(r"([!-,./-9;-~][!-9;-~]*):[ \t]*(.*)")
"""A name is printable ASCII without `:`, and starts with neither `#` nor `-`."""


def paragraphs(text: str) -> Iterator[dict[str, str]]:
    """Yield the fields of every paragraph, in the file's order.

    The lines of a folded value are joined by newlines, each without the white
    space around it; lines that start with `#` are comments.

    Raises:
        FormatError: a line is no field, a field stands twice in a paragraph
            (in whatever case), or a value is continued that never began.
    """
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith("#"):
            continue
        if line.strip():
            lines.append((number, line))
        elif lines:
            yield _paragraph(lines)
            lines = []
    if lines:
        yield _paragraph(lines)


def _paragraph(lines: Iterable[tuple[int, str]]) -> dict[str, str]:
    fields: dict[str, str] = {}
    known: set[str] = set()
    name = ""
    for number, line in lines:
        if line[0] in " \t":
            if not name:
                raise _error("this continues no field", number, line)
            fields[name] += "\n" + line.strip()
            continue
        name, value = _field(line, number)
        if name.lower() in known:
            raise _error("this field was given already", number, line)
        known.add(name.lower())
        fields[name] = value
    return fields


def _field(line: str, number: int) -> tuple[str, str]:
    found = _FIELD.fullmatch(line)
    if found is None:
        raise _error("this is not a field", number, line)
    return found[1], found[2].strip()


def _error(what: str, number: int, line: str) -> FormatError:
    return FormatError(f"{what}: {line[:80]!r}", where=f"line {number}")
