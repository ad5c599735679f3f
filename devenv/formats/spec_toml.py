"""`devenv.toml` as text: one file, read strictly, every mistake told at once."""

import re
from collections.abc import Mapping

from devenv.errors import Complaint, SpecError
from devenv.formats.spec_keys import FILE_KEYS, PART_KEYS
from devenv.formats.spec_part import read_part
from devenv.formats.spec_reading import SpecReading, nearest
from devenv.formats.toml_lines import read_toml
from devenv.formats.toml_places import TomlPlaces, syntax_error, toml_places
from devenv.model.spec import Place, SpecFile, SpecImport, SpecPart
from devenv.model.systems import SYSTEMS
from devenv.typed import Any
from devenv.values import dataclass

BYTE_ORDER_MARK = "\ufeff"
SYSTEM_NAMES = tuple(system.name for system in SYSTEMS.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecText:
    """A spec file, and what it was read from; `text` has no byte order mark."""

    text: str
    document: Mapping[str, Any]
    places: TomlPlaces
    spec: SpecFile


def parse_spec(text: str, *, file: str, home: str = "") -> SpecFile:
    """Return what one spec file says; nothing is merged, no other file is read.

    Args:
        text: its content.
        file: its absolute path, which relative ones in it start from.
        home: the folder that `~/` means.

    Raises:
        SpecError: it is no TOML, or anything in it is not as it should be. It
            holds a complaint for every mistake, in the order of the lines.
    """
    return read_spec(text.removeprefix(BYTE_ORDER_MARK), file=file, home=home).spec


def read_spec(text: str, *, file: str, home: str) -> SpecText:
    """Return what `parse_spec` does, with what it was read from.

    Raises:
        SpecError: as there.
    """
    document, places = _read(text, file)
    reading = SpecReading(file=file, home=home, places=places)
    found = read_file(document, reading)
    if reading.complaints:
        raise SpecError(reading.complaints)
    return SpecText(text=text, document=document, places=places, spec=found)


def check_syntax(text: str, *, file: str) -> None:
    """Look whether a text is TOML, whatever it says.

    Raises:
        SpecError: it is not.
    """
    _read(text.removeprefix(BYTE_ORDER_MARK), file)


def _read(text: str, file: str) -> tuple[Mapping[str, Any], TomlPlaces]:
    try:
        return read_toml(text), toml_places(text)
    except ValueError as error:
        message, line = syntax_error(error, text)
        raise _no_toml(message, file, line) from error
    except RecursionError as error:
        raise _no_toml("it is nested too deeply", file, 1) from error


_SYNTAX = (
    (
        r"cannot (overwrite|mutate)|cannot declare .* twice",
        "a key or table is written twice",
        "join the two into one",
    ),
    (r"unclosed array", "a list is not closed", "end it with ]"),
    (
        r"invalid value",
        "a value is missing, or is a text without quotes",
        'write texts in quotes: "jq"',
    ),
    (
        r"illegal character '\\n'|unterminated string|expected \"'\"",
        "a text is not closed",
        "end it with the quote that it began with, or three for several lines",
    ),
    (
        r"expected '=' after a key",
        "there is no = behind a key",
        'write key = "value", or [table]',
    ),
)
"""What tomllib's messages begin with, what they mean, and what to do."""


def _no_toml(message: str, file: str, line: int) -> SpecError:
    what, hint = message, 'texts stand in quotes, a list looks like ["jq", "ripgrep"]'
    for pattern, meaning, advice in _SYNTAX:
        if re.match(pattern, message, re.IGNORECASE):
            what, hint = meaning, advice
    place = Place(file=file, line=line, key="")
    return SpecError(
        [
            Complaint(
                what=f"this is not TOML: {what[:1].lower()}{what[1:]}",
                where=str(place),
                hint=f"{hint}; then: devenv check",
            )
        ]
    )


def read_file(document: Mapping[str, Any], reading: SpecReading) -> SpecFile:
    """Return what a document says; `reading` is told of every mistake in it."""
    reading.known_keys(document, FILE_KEYS, ())
    return SpecFile(
        path=reading.file,
        common=read_part(document, (), reading),
        by_system=_by_system(document, reading),
        imports=_imports(document, reading),
        systems=_systems(document, reading),
    )


def _imports(
    document: Mapping[str, Any], reading: SpecReading
) -> tuple[SpecImport, ...]:
    found = []
    listed = document.get("imports", [])
    for text, path in reading.texts(listed, ("imports",), '"../common/devenv.toml"'):
        target = reading.path_of(text, path)
        if target == reading.file:
            reading.complain(path, "this file imports itself", "take the entry away")
        elif target is not None:
            found.append(SpecImport(path=target, place=reading.place(path)))
    return tuple(found)


def _systems(
    document: Mapping[str, Any], reading: SpecReading
) -> tuple[str, ...] | None:
    if "systems" not in document:
        return None
    names = []
    listed = document["systems"]
    for text, path in reading.texts(listed, ("systems",), f'"{SYSTEM_NAMES[0]}"'):
        names.append(text)
        _known_system(text, path, reading)
    if listed == []:
        hint = f"name {' or '.join(SYSTEM_NAMES)}, or take the key away for both"
        reading.complain(("systems",), "a lock is for one system at least", hint)
    return tuple(dict.fromkeys(names))


def _by_system(
    document: Mapping[str, Any], reading: SpecReading
) -> Mapping[str, SpecPart]:
    parts = {}
    tables = reading.table(document, ("system",))
    for name in tables:
        path = ("system", name)
        if _known_system(name, path, reading):
            table = dict(reading.table(tables, path))
            for key in sorted(set(table) & set(FILE_KEYS) - set(PART_KEYS)):
                what = f"{key} is the same for every system"
                reading.complain((*path, key), what, "write it above the tables")
                del table[key]
            reading.known_keys(table, PART_KEYS, path)
            parts[name] = read_part(table, path, reading)
    return parts


def _known_system(name: str, path: tuple[str | int, ...], reading: SpecReading) -> bool:
    if name in SYSTEM_NAMES:
        return True
    what = f"there is no system {name!r}"
    reading.complain(path, what, nearest(name, SYSTEM_NAMES))
    return False
