"""The `[env]` of a spec: names that a project may set, values in five forms."""

import posixpath
from collections.abc import Mapping

from devenv.errors import FormatError
from devenv.formats.spec_reading import SpecReading, kind_of
from devenv.formats.template import parse_template
from devenv.formats.toml_places import TomlPath
from devenv.model.env_names import MANAGED, name_refusal
from devenv.model.spec import (
    EnvSetting,
    EnvValue,
    FileValue,
    ListValue,
    TextValue,
    UnsetValue,
    WholeListValue,
)
from devenv.model.template import Template
from devenv.patterns import late_pattern
from devenv.typed import Any

MAX_VALUE_BYTES = 128 * 1024
"""What Linux takes in one variable (MAX_ARG_STRLEN)."""

_REFERENCE = late_pattern(r"\$\{[^}]*\}")
_TABLE_KEYS = ("prepend", "append", "file")


def read_env(
    table: Mapping[str, Any], at: TomlPath, reading: SpecReading
) -> tuple[EnvSetting, ...]:
    """Return the settings of a table; `reading` is told of every mistake in it."""
    found = []
    for name in table:
        path = (*at, name)
        refusal = name_refusal(name)
        if refusal:
            hint = "take the line away, or set a variable of another name"
            if name == "LD_LIBRARY_PATH":
                hint = 'write libraries = ["zlib1g"] at the top instead'
            reading.complain(path, f"{name[:80]} {refusal}", hint)
            continue
        value = _value(name, table[name], path, reading)
        if value is not None:
            found.append(
                EnvSetting(
                    name=name,
                    value=value,
                    folder=reading.folder,
                    place=reading.place(path),
                )
            )
    return tuple(found)


def _value(
    name: str, value: object, path: TomlPath, reading: SpecReading
) -> EnvValue | None:
    """Return what a value means, or None when `reading` was told what is wrong."""
    is_managed = name in MANAGED
    if is_managed and not (isinstance(value, dict) and "file" not in value):
        hint = f'write {name} = {{ prepend = ["./scripts"] }}'
        what = f"{name} is only added to, with prepend and append"
        reading.complain(path, what, hint)
        return None
    match value:
        case str():
            template = _template(value, path, reading)
            return TextValue(template=template) if template else None
        case False:
            return UnsetValue()
        case list():
            entries = _entries(value, path, reading, is_managed=False)
            return WholeListValue(entries=entries)
        case dict():
            return _table(value, path, reading, is_managed=is_managed)
        case _:
            _complain_of_kind(name, value, path, reading)
            return None


def _complain_of_kind(
    name: str, value: object, path: TomlPath, reading: SpecReading
) -> None:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    hint = f'write it as text: {name} = "{text}"'
    if value is True:
        hint += f" ({name} = false takes the variable away)"
    what = f"a variable holds text, found {kind_of(value)}"
    reading.complain(path, what, hint)


def _table(
    value: Mapping[str, Any], path: TomlPath, reading: SpecReading, *, is_managed: bool
) -> EnvValue | None:
    reading.known_keys(value, _TABLE_KEYS, path)
    if "file" in value:
        return _file(value, path, reading)
    lists = {
        key: _entries(value[key], (*path, key), reading, is_managed=is_managed)
        for key in ("prepend", "append")
        if key in value
    }
    if not lists:
        hint = (
            'write { prepend = ["./scripts"] }, { append = [...] } or { file = "..." }'
        )
        if not set(value) - set(_TABLE_KEYS):
            reading.complain(path, "this table is empty", hint)
        return None
    return ListValue(
        prepend=lists.get("prepend", ()),
        append=lists.get("append", ()),
        is_search_path=is_managed,
    )


def _file(
    value: Mapping[str, Any], path: TomlPath, reading: SpecReading
) -> FileValue | None:
    text = value["file"]
    at = (*path, "file")
    if len(value) > 1:
        hint = "keep one of them"
        reading.complain(path, "file stands by itself, without other keys", hint)
    elif not isinstance(text, str):
        hint = 'write { file = ".secrets/token" }'
        reading.expected(at, "the path of a file", text, hint)
    elif reading.is_plain(text, at):
        target = reading.path_of(text, at)
        return FileValue(path=target) if target is not None else None
    return None


def _entries(
    value: object, path: TomlPath, reading: SpecReading, *, is_managed: bool
) -> tuple[Template, ...]:
    found = []
    for text, at in reading.texts(value, path, '"./scripts"'):
        if ":" in _REFERENCE.sub("", text):
            hint = "write each entry as a text of its own"
            reading.complain(at, f"an entry holds no colon: {text[:80]!r}", hint)
            continue
        template = _template(_joined(text, reading, is_path=is_managed), at, reading)
        if template:
            found.append(template)
    return tuple(found)


def _joined(text: str, reading: SpecReading, *, is_path: bool) -> str:
    """Return an entry as a template that no longer depends on the file's folder.

    In a search path every relative entry starts at the folder; in another list
    only what is surely a path: `./scripts`, `../bin`.
    """
    if text.startswith("~/"):
        return "${HOME}" + text[1:]
    is_relative = text in {".", ".."} or text.startswith(("./", "../"))
    if is_path and not text.startswith(("/", "$")):
        is_relative = True
    if not is_relative:
        return text
    folder = reading.folder.replace("$", "$$")
    return posixpath.normpath(posixpath.join(folder, text))


def _template(text: str, path: TomlPath, reading: SpecReading) -> Template | None:
    """Return the template that a text is, or None when it was complained of."""
    if "\0" in text:
        hint = "take it out: no program can be given one"
        reading.complain(path, "this holds a NUL", hint)
        return None
    if len(text.encode("utf-8", "surrogateescape")) >= MAX_VALUE_BYTES:
        hint = "put it in a file that the program reads"
        reading.complain(path, "this is longer than Linux allows (128 KiB)", hint)
        return None
    try:
        return parse_template(text)
    except FormatError as error:
        reading.complain(path, error.what, error.hint or "")
        return None
