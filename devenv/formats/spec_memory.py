"""Spec files as they were read last: where one value has changed, only that is read.

For whoever reads the same files again and again. To read TOML takes longer the more
there is of it, and people mostly save a file with one line changed.
"""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from devenv.formats.spec_env import read_env
from devenv.formats.spec_reading import SpecReading
from devenv.formats.spec_toml import BYTE_ORDER_MARK, SpecText, read_file, read_spec
from devenv.model.spec import SpecFile
from devenv.values import replace

MAX_FILES = 8
MAX_CHARACTERS = 1 << 16

_KEY = re.compile(r"[ \t]*([A-Za-z0-9_.\- \t]+)=[ \t]*[^\[{ \t]")
"""A bare key, and the beginning of a value that is neither a list nor a table."""

_TEXT = re.compile(r'=[ \t]*"([^"\\\x00-\x1f\x7f]*)"[ \t]*')
"""A text that says what it is: tomllib would take as long as for all the rest."""


class SpecMemory:
    """The last files that were read, as far as they are small."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, SpecText]] = {}

    def text_of(self, file: str) -> str | None:
        """Return the text of a file as it was read last, None if it is not known."""
        known = self._known.get(file)
        return None if known is None else known[1].text

    def parse(self, text: str, *, file: str, home: str = "") -> SpecFile:
        """Return what a spec file says, exactly as `parse_spec` does.

        Raises:
            SpecError: as there.
        """
        text = text.removeprefix(BYTE_ORDER_MARK)
        known_home, known = self._known.get(file, (home, None))
        found = None
        if known is not None and known_home == home:
            found = _changed(known, text, home)
        if found is None:
            found = read_spec(text, file=file, home=home)
        self._known.pop(file, None)
        if len(text) <= MAX_CHARACTERS:
            self._known[file] = (home, found)
        for oldest in list(self._known)[:-MAX_FILES]:
            del self._known[oldest]
        return found.spec


def _changed(known: SpecText, text: str, home: str) -> SpecText | None:
    """Return what was known, with one plain value changed; None if it is not only that.

    A line without a long text's quotes that something begins on is no part of a text.
    So it is a statement of its own, and what is there instead says what it says alone.
    """
    line = _changed_line(known.text, text)
    if line is None:
        return None
    number, old, new = line
    before, said = _KEY.match(old), _said(new)
    if before is None or said is None or before[1] != said[0] or _is_long(old):
        return None
    path = _path_of(known, number, said[1])
    document = _with(known.document, path, said[2]) if path else None
    if path is None or document is None:
        return None
    reading = SpecReading(file=known.spec.path, home=home, places=known.places)
    if path[0] == "env":
        spec = _with_variable(known.spec, path[1], document["env"], reading)
    else:
        spec = read_file(document, reading)
    if reading.complaints:
        return None
    return SpecText(text=text, document=document, places=known.places, spec=spec)


def _with_variable(
    spec: SpecFile, name: str, table: Mapping[str, Any], reading: SpecReading
) -> SpecFile:
    """Return a spec with one of its variables as a table has it now."""
    found = read_env({name: table[name]}, ("env",), reading)
    before = spec.common.env
    env = (each for old in before for each in (found if old.name == name else (old,)))
    return replace(spec, common=replace(spec.common, env=tuple(env)))


def _changed_line(before: str, after: str) -> tuple[int, str, str] | None:
    """Return the number of the one line that differs, from 1, as it was and is."""
    old, new = before.split("\n"), after.split("\n")
    if len(old) != len(new):
        return None
    both = enumerate(zip(old, new, strict=True), start=1)
    differing = [(number, *pair) for number, pair in both if pair[0] != pair[1]]
    return differing[0] if len(differing) == 1 else None


def _said(line: str) -> tuple[str, tuple[str, ...], object] | None:
    """Return a line's key as written, the keys it means, and its plain value."""
    match = _KEY.match(line)
    if match is None or _is_long(line):
        return None
    keys = tuple(part.strip() for part in match[1].split("."))
    if all(keys) and (text := _TEXT.fullmatch(line, match.end(1))):
        return match[1], keys, text[1]
    try:
        value: object = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return None
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return match[1], keys, value


def _is_long(line: str) -> bool:
    return '"""' in line or "'''" in line


def _path_of(
    known: SpecText, line: int, keys: tuple[str, ...]
) -> tuple[str, ...] | None:
    """Return the whole path of keys that a line of the known text begins with."""
    lines = known.places.lines
    found = [
        path
        for path, number in lines.items()
        if number == line and path[-len(keys) :] == keys
    ]
    longest = max(found, key=len, default=())
    texts = tuple(part for part in longest if isinstance(part, str))
    return texts if texts and len(texts) == len(longest) else None


def _with(
    table: Mapping[str, Any], path: tuple[str, ...], value: object
) -> dict[str, Any] | None:
    """Return a table with another value at a path; None unless one was there."""
    first, *rest = path
    old = table.get(first)
    new: object = value
    if rest:
        new = _with(old, tuple(rest), value) if isinstance(old, dict) else None
        if new is None:
            return None
    elif old is None or isinstance(old, dict | list):
        return None
    return {**table, first: new}
