"""Where the keys and array items of a TOML text stand: tomllib does not tell.

The text has been read by tomllib before, so it is TOML: the scanner only has to
find its way past strings, comments and nesting, not to judge anything.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

TomlPath = tuple[str | int, ...]
"""The keys that lead to a value; a number is the index in an array."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'",
    re.DOTALL,
)
_BLANK = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_BARE_VALUE = re.compile(r"[^,\]}\n#]*")
_ERROR_LINE = re.compile(r"\(at line (\d+), column \d+\)$")
_ERROR_PLACE = re.compile(r" \(at (?:line \d+, column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlPlaces:
    """The line (from 1) of every key and array item, by its path."""

    lines: Mapping[TomlPath, int]

    def line(self, path: TomlPath) -> int:
        """Return the line of what is at `path`, or of the nearest thing around it."""
        for length in range(len(path), 0, -1):
            found = self.lines.get(path[:length])
            if found is not None:
                return found
        return 1


def toml_places(text: str) -> TomlPlaces:
    """Return where everything stands in a text that tomllib accepts.

    Raises:
        RecursionError: it is nested too deeply; tomllib says so before.
    """
    scanner = _Scanner(text.replace("\r\n", "\n"))
    scanner.read_document()
    return TomlPlaces(lines=scanner.lines)


def dotted(path: TomlPath) -> str:
    """Return a path as a person writes it: `env.PATH.prepend[0]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            shown = part if _BARE_KEY.fullmatch(part) else f'"{part}"'
            text += f".{shown}" if text else shown
    return text


def syntax_error(error: tomllib.TOMLDecodeError, text: str) -> tuple[str, int]:
    """Return what tomllib complains of, and the line it is in."""
    message = str(error)
    match = _ERROR_LINE.search(message)
    line = int(match[1]) if match else text.rstrip().count("\n") + 1
    return _ERROR_PLACE.sub("", message), line


class _Scanner:
    """A position in the text that only moves forward."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]
        self._last_index: dict[TomlPath, int] = {}
        self.lines: dict[TomlPath, int] = {}

    def read_document(self) -> None:
        table: TomlPath = ()
        while self._next() < len(self._text):
            if self._text.startswith("[[", self._at):
                table = self._array_table()
            elif self._text[self._at] == "[":
                table = self._table()
            else:
                self._key_value(table)

    def _next(self) -> int:
        """Pass blanks, line ends and comments; return where something stands."""
        self._pass(_GAP)
        return self._at

    def _pass(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:  # no TOML, which our caller rules out
            raise ValueError(self._text[self._at : self._at + 20])
        self._at = match.end()
        return match.group()

    def _mark(self, path: TomlPath) -> None:
        self.lines.setdefault(path, bisect_right(self._starts, self._at))

    def _table(self) -> TomlPath:
        self._at += 1
        path = self._header_path(self._keys())
        self._at += 1
        return path

    def _array_table(self) -> TomlPath:
        self._at += 2
        keys = self._keys()
        around = (*self._header_path(keys[:-1]), keys[-1])
        index = self._last_index.get(around, -1) + 1
        self._last_index[around] = index
        self._mark(around)
        self._mark((*around, index))
        self._at += 2
        return (*around, index)

    def _header_path(self, keys: tuple[str, ...]) -> TomlPath:
        """Return the path of a header: an array of tables means its last one."""
        path: TomlPath = ()
        for key in keys:
            path = (*path, key)
            self._mark(path)
            if path in self._last_index:
                path = (*path, self._last_index[path])
        return path

    def _keys(self) -> tuple[str, ...]:
        """Read a dotted key, up to what follows it."""
        keys = []
        while True:
            self._pass(_BLANK)
            keys.append(self._key())
            self._pass(_BLANK)
            if not self._text.startswith(".", self._at):
                return tuple(keys)
            self._at += 1

    def _key(self) -> str:
        if self._text[self._at] not in "\"'":
            return self._pass(_BARE_KEY)
        token = self._pass(_STRING)
        return str(tomllib.loads(f"key = {token}")["key"])

    def _key_value(self, table: TomlPath) -> None:
        start = self._at
        keys = self._keys()
        end, self._at = self._at, start
        for length in range(1, len(keys) + 1):
            self._mark((*table, *keys[:length]))
        self._at = end + 1
        self._value((*table, *keys))

    def _value(self, path: TomlPath) -> None:
        self._pass(_BLANK)
        start = self._text[self._at : self._at + 1]
        if start == "[":
            self._array(path)
        elif start == "{":
            self._inline_table(path)
        elif start in {'"', "'"}:
            self._pass(_STRING)
        else:
            self._pass(_BARE_VALUE)

    def _array(self, path: TomlPath) -> None:
        self._at += 1
        index = 0
        while self._text[self._next()] != "]":
            self._mark((*path, index))
            self._value((*path, index))
            index += 1
            self._pass_comma()
        self._at += 1

    def _inline_table(self, path: TomlPath) -> None:
        self._at += 1
        while self._text[self._next()] != "}":
            self._key_value(path)
            self._pass_comma()
        self._at += 1

    def _pass_comma(self) -> None:
        if self._text[self._next()] == ",":
            self._at += 1
