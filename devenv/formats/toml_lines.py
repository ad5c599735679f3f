"""TOML as devenv writes it: one fact a line, so that it is read at once.

`tomllib` needs 200 ms for a lock of 600 packages; reading lines needs ten. What
is written in any other way, if only with a space more, is left to `tomllib`.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from devenv.patterns import late_pattern
from devenv.typed import Any

_KEY = r'[A-Za-z0-9_-]+|"[A-Za-z0-9 !#-&(-/:-@_~^+]+"'
_HEADER = late_pattern(
    rf"\[((?:{_KEY})(?:\.(?:{_KEY}))*)\]|\[\[((?:{_KEY})(?:\.(?:{_KEY}))*)\]\]"
)
_PART = late_pattern(_KEY)
_BARE = late_pattern(r"[A-Za-z0-9_-]+")
_NUMBER = late_pattern(r"0|[1-9][0-9]{0,17}")
_TIME = late_pattern(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_WORDS = {"true": True, "false": False, "[]": ()}


class _OtherwiseError(Exception):
    """The text is not written as devenv writes it."""


def read_lines(text: str) -> dict[str, Any] | None:
    """Return what `tomllib.loads` would, or None if it has to be asked."""
    try:
        return _document(text)
    except (_OtherwiseError, LookupError, ValueError):
        return None


def read_toml(text: str) -> dict[str, Any]:
    """Return what `tomllib.loads` does, at once if the text is written in lines.

    Raises:
        ValueError: it is no TOML; tomllib says why.
        RecursionError: it is nested too deeply.
    """
    found = read_lines(text)
    if found is not None:
        return found
    import tomllib  # noqa: PLC0415 - 5 ms, and patterns that are compiled

    return tomllib.loads(text)


def quoted(text: str) -> str:
    """Return a text as a basic string.

    Raises:
        ValueError: it has a control character, which nothing here may hold.
    """
    if not text.isprintable():
        raise ValueError(text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def key(name: str) -> str:
    """Return a key, quoted where TOML wants it."""
    return name if _BARE.fullmatch(name) else quoted(name)


def listed(name: str, texts: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a list: one line for none or one, else one a text."""
    values = [quoted(text) for text in texts]
    if len(values) <= 1:
        yield f"{name} = [{''.join(values)}]"
        return
    yield f"{name} = ["
    yield from (f"  {value}," for value in values)
    yield "]"


def instant(when: datetime) -> str:
    """Return an aware time as TOML writes it, in UTC and whole seconds."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _document(text: str) -> dict[str, Any]:
    document: dict[str, Any] = {}
    table = document
    lines = iter(text.split("\n"))
    for line in lines:
        if not line:
            continue
        if line[0] == "[":
            table = _opened(document, line)
        elif line[0] == "#":
            _check_comment(line)
        else:
            written, separator, value = line.partition(" = ")
            if "#" in value:
                value = _uncommented(value)
            name = _name(written.rstrip(" "))
            if not separator or name in table:
                raise _OtherwiseError
            table[name] = _texts(lines) if value == "[" else _value(value)
    return document


def _opened(document: dict[str, Any], line: str) -> dict[str, Any]:
    """Return the new table that a header opens."""
    header = _HEADER.fullmatch(line)
    if header is None:
        raise _OtherwiseError
    *parents, name = (part.strip('"') for part in _PART.findall(header[1] or header[2]))
    above = document
    for parent in parents:
        above = above.setdefault(parent, {})
        if type(above) is not dict:
            raise _OtherwiseError
    table: dict[str, Any] = {}
    if header[1]:
        if name in above:
            raise _OtherwiseError
        above[name] = table
        return table
    tables = above.setdefault(name, [table])
    if tables[-1] is not table:
        # A list that was written as a value cannot be added to; none of those
        # that are read here holds tables.
        if type(tables) is not list or type(tables[-1]) is not dict:
            raise _OtherwiseError
        tables.append(table)
    return table


def _uncommented(text: str) -> str:
    """Return what stands before a comment; a `#` in a text leaves half of a value."""
    value, _, comment = text.partition(" #")
    _check_comment(comment)
    return value.rstrip(" ")


def _check_comment(text: str) -> None:
    if not text.isprintable():
        raise _OtherwiseError


def _name(text: str) -> str:
    if text[:1] == '"' and text[1:][-1:] == '"':
        return _plain(text[1:-1])
    if not _BARE.fullmatch(text):
        raise _OtherwiseError
    return text


def _value(text: str) -> object:
    if text[:1] == '"':
        if len(text) < 2 or text[-1] != '"':  # noqa: PLR2004 - two quotes
            raise _OtherwiseError
        return _plain(text[1:-1])
    if text in _WORDS:
        return list(found) if isinstance(found := _WORDS[text], tuple) else found
    if _NUMBER.fullmatch(text):
        return int(text)
    if _TIME.fullmatch(text):
        return datetime.fromisoformat(text)
    if text[:2] == '["' and text[2:][-2:] == '"]':
        return [_plain(part) for part in text[2:-2].split('", "')]
    raise _OtherwiseError


def _texts(lines: Iterator[str]) -> list[str]:
    """Return the texts of a list, up to the line that ends it."""
    found: list[str] = []
    for line in lines:
        if line == "]":
            return found
        if line[:3] != '  "' or line[-2:] != '",':
            raise _OtherwiseError
        found.append(_plain(line[3:-2]))
    raise _OtherwiseError


def _plain(text: str) -> str:
    """Return a text that means itself: no escape, quote or control character."""
    if '"' in text or "\\" in text or not text.isprintable():
        raise _OtherwiseError
    return text
