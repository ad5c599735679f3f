"""Where everything of a TOML text begins and ends: tomllib does not tell.

The text has been read by tomllib before, so it is TOML: the scanner only has to
find its way past strings, comments and nesting, not to judge anything.
"""

import re
from bisect import bisect_right

from devenv.patterns import late_pattern
from devenv.values import dataclass

TomlPath = tuple[str | int, ...]
"""The keys that lead to a value; a number is the index in an array."""

BARE_KEY = late_pattern(r"[A-Za-z0-9_-]+")
_STRING = late_pattern(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'",
    re.DOTALL,
)
_BLANK = late_pattern(r"[ \t]*")
_GAP = late_pattern(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_VALUE = late_pattern(r"[^,\]}\r\n#]*(?<![ \t])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A part of the text, by its first offset and the one behind it."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the part of a text."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlStatement:
    """A header, or a key with its value; `value` is None for a header.

    `whole` reaches from the first bracket or key to the end of the last.
    `path` is that of the table, or of the value.
    """

    path: TomlPath
    whole: Span
    key: Span
    value: Span | None = None


class TomlScanner:
    """A position in the text that only moves forward.

    `lines` has the line (from 1) of every key and array item, `spans` the extent
    of every value, both by path; `statements` are in the order of the text.

    Raises:
        RecursionError: it is nested too deeply; tomllib says so before.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]
        self._last_index: dict[TomlPath, int] = {}
        self.lines: dict[TomlPath, int] = {}
        self.spans: dict[TomlPath, Span] = {}
        self.statements: list[TomlStatement] = []
        self._read_document()

    def _read_document(self) -> None:
        table: TomlPath = ()
        while self._next() < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self.statements.append(self._key_value(table))

    def _header(self) -> TomlPath:
        start = self._at
        is_array = self._text.startswith("[[", start)
        path = self._array_table() if is_array else self._table()
        whole = Span(start=start, end=self._at)
        self.statements.append(TomlStatement(path=path, whole=whole, key=whole))
        return path

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
        self._pass(_BLANK)
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
        self._pass(_BLANK)
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
            end = self._at
            self._pass(_BLANK)
            if not self._text.startswith(".", self._at):
                self._at = end
                return tuple(keys)
            self._at += 1

    def _key(self) -> str:
        if self._text[self._at] not in "\"'":
            return self._pass(BARE_KEY)
        token = self._pass(_STRING)
        import tomllib  # noqa: PLC0415 - few keys are quoted

        return str(tomllib.loads(f"key = {token}")["key"])

    def _key_value(self, table: TomlPath) -> TomlStatement:
        start = self._at
        keys = self._keys()
        key = Span(start=start, end=self._at)
        self._at = start
        for length in range(1, len(keys) + 1):
            self._mark((*table, *keys[:length]))
        self._at = key.end
        self._pass(_BLANK)
        self._at += 1
        path = (*table, *keys)
        self._value(path)
        whole = Span(start=start, end=self._at)
        return TomlStatement(path=path, whole=whole, key=key, value=self.spans[path])

    def _value(self, path: TomlPath) -> None:
        self._pass(_BLANK)
        start = self._at
        first = self._text[start : start + 1]
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        elif first in {'"', "'"}:
            self._pass(_STRING)
        else:
            self._pass(_BARE_VALUE)
        self.spans[path] = Span(start=start, end=self._at)

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
