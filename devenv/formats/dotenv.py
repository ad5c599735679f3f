r"""Dotenv files, in the dialect that direnv reads.

One `NAME=value` (or `NAME: value`) a line, `export` in front of it if need be.
A value in single quotes is literal; in double quotes `\n`, `\r` and other escapes
count; both may go over several lines. `$NAME`, `${NAME}`, `${NAME:-default}` and
`${NAME-default}` stand for values, except in single quotes; `\$` is a dollar.
`#` begins a comment at the start of a line and after a blank. Unlike direnv's, a
`#` inside a word belongs to it (so that no password is cut short), empty lines
in quotes stay, and `\\n` is a backslash and an n.
"""

import re

from devenv.errors import Complaint, FormatError, SpecError
from devenv.formats.template import TemplateScanner
from devenv.model.env_names import MANAGED, name_refusal
from devenv.model.spec import Place
from devenv.model.template import Reference, Template
from devenv.model.variables import DotenvEntry
from devenv.patterns import late_pattern

_GAP = late_pattern(r"(?:[ \t\n]|#[^\n]*)*")
_START = late_pattern(
    r"(?:export[ \t]+)?([\w.]+)(?:[ \t]*=[ \t]*|:(?:[ \t]+|(?=\n|$)))", re.ASCII
)
_SINGLE = late_pattern(r"'([^']*)'")
_DOUBLE = late_pattern(r'"((?:\\.|[^"\\])*)"', re.DOTALL)
_BARE = late_pattern(r"(?!['\"])[^\s]*")
_END = late_pattern(r"[ \t]*(?:(?<=[ \t'\"])#[^\n]*)?(?:\n|$)")
_ESCAPED = {"n": "\n", "r": "\r"}


def parse_dotenv(text: str, *, file: str) -> tuple[DotenvEntry, ...]:
    """Return the variables of a dotenv file, in order; a name may come twice.

    Args:
        text: its content.
        file: its absolute path, for complaints.

    Raises:
        SpecError: a line is none of this; only the first is told.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = []
    at = _past(_GAP, text, 0)
    line, counted = 1, 0
    while at < len(text):
        line, counted = line + text.count("\n", counted, at), at
        start = _START.match(text, at)
        if start is None:
            raise _complaint("this is no NAME=value", text, at, file)
        template, end = _value(text, start.end(), file)
        found.append(
            DotenvEntry(
                name=start[1],
                template=template,
                line=line,
                refusal=_refusal(start[1]),
            )
        )
        match = _END.match(text, end)
        if match is None:
            what = f"there is more behind the value of {start[1]}"
            raise _complaint(what, text, end, file, "put the whole value in quotes")
        at = _past(_GAP, text, match.end())
    return tuple(found)


def _refusal(name: str) -> str | None:
    if name in MANAGED:
        return "is only added to, by [env] in devenv.toml"
    return name_refusal(name)


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int, file: str) -> tuple[Template, int]:
    """Return the value at a position, and where it ends."""
    if text.startswith("#", at) and text[at - 1] in " \t":
        return Template(text="", parts=()), at
    if match := _SINGLE.match(text, at):
        parts: tuple[str | Reference, ...] = (match[1],) if match[1] else ()
        return Template(text=match[1], parts=parts), match.end()
    if match := _DOUBLE.match(text, at):
        scanner = _DotenvScanner(match[1], has_escapes=True)
    elif match := _BARE.match(text, at):
        scanner = _DotenvScanner(match[0], has_escapes=False)
    else:
        what = "a quote is opened and never closed"
        raise _complaint(what, text, at, file, "close it with the same quote")
    try:
        return Template(text=scanner.text, parts=scanner.parts()), match.end()
    except FormatError as error:
        hint = r"close it with }, put it in quotes, or write \$ for a $"
        raise _complaint(error.what, text, at, file, hint) from error


class _DotenvScanner(TemplateScanner):
    """`$NAME` counts, too, and a `$` without a name is itself."""

    def __init__(self, text: str, *, has_escapes: bool) -> None:
        super().__init__(text)
        self._has_escapes = has_escapes

    def part(self) -> str | Reference:
        following = self.text[self.at + 1 : self.at + 2]
        if self.text[self.at] == "\\" and (self._has_escapes or following == "$"):
            self.at += 2
            return _ESCAPED.get(following, following)
        return super().part()

    def dollar(self) -> str | Reference:
        if self.text.startswith("${", self.at):
            return self.braced(may_be_nameless=True)
        self.at += 1
        name = self.name()
        return Reference(name=name) if name else "$"


def _complaint(
    what: str,
    text: str,
    at: int,
    file: str,
    hint: str = "write NAME=value, or begin it with #",
) -> SpecError:
    line = text.count("\n", 0, at) + 1
    place = Place(file=file, line=line, key="")
    return SpecError([Complaint(what=what, where=str(place), hint=hint)])
