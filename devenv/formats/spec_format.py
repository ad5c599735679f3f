"""The one way to lay out a `devenv.toml`: what `devenv fmt` writes.

Keys and tables stand in the order of `spec_keys`; what is in a table stays in
its order. A list is on one line, or has a line for each item when its author
wrote it so or it would be wider than 88 columns. Comments go with what is below
them; those at the top of the file and at the end of a table stay there.
"""

import tomllib
from collections.abc import Iterable, Sequence

from devenv.errors import FormatError
from devenv.formats.spec_keys import FILE_KEYS, PART_KEYS
from devenv.formats.toml_list import formatted_list
from devenv.formats.toml_scanner import TomlPath, TomlScanner, TomlStatement
from devenv.values import dataclass, field

BYTE_ORDER_MARK = "\ufeff"


@dataclass(slots=True, kw_only=True)
class _Entry:
    """A header or a key; `lead` are the lines above it, `comment` is behind it."""

    path: TomlPath
    text: str
    lead: list[str]
    comment: str = ""

    def lines(self) -> list[str]:
        comment = f"  {self.comment}" if self.comment else ""
        return [*self.lead, self.text + comment]


@dataclass(slots=True, kw_only=True)
class _Section:
    """A table; `header` is None for what stands above all of them."""

    header: _Entry | None = None
    entries: list[_Entry] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)

    def rank(self) -> int:
        return -1 if self.header is None else _rank(self.header.path[0], FILE_KEYS)

    def lines(self) -> list[str]:
        body = [line for entry in self._in_order() for line in entry.lines()]
        head = self.header.lines() if self.header else []
        return [*head, *_trimmed([*body, *self.tail])]

    def _in_order(self) -> list[_Entry]:
        path = self.header.path if self.header else ()
        if not path:
            return sorted(self.entries, key=lambda each: _rank(each.path[0], FILE_KEYS))
        if path[0] == "system" and len(path) == len(("system", "name")):
            return sorted(self.entries, key=lambda each: _rank(each.path[2], PART_KEYS))
        return self.entries


def formatted(text: str) -> str:
    """Return a spec in devenv's layout; it means the same.

    A formatted text is returned as it is.

    Raises:
        FormatError: it is no TOML.
    """
    body = text.removeprefix(BYTE_ORDER_MARK)
    try:
        meaning = tomllib.loads(body)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise FormatError(f"this is not TOML: {error}", hint="devenv check") from error
    found = _laid_out(body.replace("\r\n", "\n"))
    if tomllib.loads(found) != meaning:
        raise FormatError(
            "this cannot be laid out without changing what it means",
            hint="please report it; the file stays as it is",
        )
    return found.replace("\n", "\r\n") if "\r\n" in body else found


def _laid_out(text: str) -> str:
    head, sections = _split(text)
    sections.sort(key=_Section.rank)
    blocks = [_trimmed(head), *(section.lines() for section in sections)]
    lines: list[str] = []
    for block in blocks:
        if block:
            lines += ["", *_trimmed(block)] if lines else _trimmed(block)
    return "".join(f"{line}\n" for line in lines)


def _split(text: str) -> tuple[list[str], list[_Section]]:
    """Return the comments that the file begins with, and its sections."""
    scanner = TomlScanner(text)
    sections = [_Section()]
    head: list[str] = []
    last: _Entry | None = None
    end = 0
    for statement in scanner.statements:
        lines = text[end : statement.whole.start].split("\n")[:-1]
        above, lead = _parted(lines, last, is_header=statement.value is None)
        if last is None:
            head = above
        else:
            sections[-1].tail = above
        last = _entry(text, scanner, statement, lead)
        end = statement.whole.end
        if statement.value is None:
            sections.append(_Section(header=last))
        else:
            sections[-1].entries.append(last)
    rest = text[end:].split("\n")
    if last is None:
        return [line.strip() for line in rest], sections
    last.comment = rest[0].strip()
    sections[-1].tail = [line.strip() for line in rest[1:]]
    return head, sections


def _parted(
    lines: Sequence[str], last: _Entry | None, *, is_header: bool
) -> tuple[list[str], list[str]]:
    """Return what belongs above a statement's own comments, and these.

    The first line is the rest of that of the statement before, `last`.
    """
    if last is not None and lines:
        last.comment = lines[0].strip()
        lines = lines[1:]
    stripped = [line.strip() for line in lines]
    if last is not None and not is_header:
        return [], stripped
    blanks = [index for index, line in enumerate(stripped) if not line]
    own = blanks[-1] + 1 if blanks else 0
    return stripped[:own], stripped[own:]


def _entry(
    text: str, scanner: TomlScanner, statement: TomlStatement, lead: list[str]
) -> _Entry:
    written = statement.whole.of(text)
    if statement.value is not None:
        key = statement.key.of(text)
        value = statement.value.of(text)
        if value.startswith("["):
            value = formatted_list(text, scanner, statement.path, beside=f"{key} = ")
        written = f"{key} = {value}"
    return _Entry(path=statement.path, text=written, lead=lead)


def _rank(key: str | int, known: Sequence[str]) -> int:
    return known.index(key) if key in known else len(known)


def _trimmed(lines: Iterable[str]) -> list[str]:
    """Return lines without blank ones at both ends, and never two in a row."""
    found: list[str] = []
    for line in lines:
        if line or (found and found[-1]):
            found.append(line)
    while found and not found[-1]:
        found.pop()
    return found
