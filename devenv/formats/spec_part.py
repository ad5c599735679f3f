"""The keys of a spec that may be said for every system, and for one."""

import re
from collections.abc import Mapping

from devenv.errors import FormatError, UsageError
from devenv.formats.requirement import INPUT_NAME, parse_requirement
from devenv.formats.spec_alias import read_aliases
from devenv.formats.spec_env import read_env
from devenv.formats.spec_reading import SpecReading
from devenv.formats.toml_places import TomlPath
from devenv.model.spec import (
    DotenvFile,
    NameSetting,
    ShellSetting,
    SpecInput,
    SpecPart,
    SpecRequirement,
)
from devenv.patterns import late_pattern
from devenv.typed import Any

SHELL_NAMES = ("bash", "zsh", "fish")
MOMENTS = ("enter", "leave")

MAX_SHELL_TEXT_BYTES = 128 * 1024
_C_LIBRARY = late_pattern(r"\d{1,3}\.\d{1,3}")


def read_part(table: Mapping[str, Any], at: TomlPath, reading: SpecReading) -> SpecPart:
    """Return what a table says; `reading` is told of every mistake in it.

    `at` is the path of the table, () for the file itself.
    """
    return SpecPart(
        requirements=_requirements(table, (*at, "packages"), reading),
        libraries=_requirements(table, (*at, "libraries"), reading),
        dotenv=_dotenv(table, (*at, "dotenv"), reading),
        inputs=_inputs(table, (*at, "inputs"), reading),
        env=read_env(reading.table(table, (*at, "env")), (*at, "env"), reading),
        shell=_shell(table, (*at, "shell"), reading),
        alias=read_aliases(
            reading.table(table, (*at, "alias")), (*at, "alias"), reading
        ),
        default_input=_name(
            table, (*at, "default_input"), reading, re.compile(INPUT_NAME), "sid"
        ),
        oldest_c_library=_name(
            table, (*at, "oldest_c_library"), reading, _C_LIBRARY, "2.36"
        ),
    )


def _requirements(
    table: Mapping[str, Any], path: TomlPath, reading: SpecReading
) -> tuple[SpecRequirement, ...]:
    found = []
    key = str(path[-1])
    example = '"zlib1g"' if key == "libraries" else '"ripgrep"'
    for text, at in reading.texts(table.get(key, []), path, example):
        try:
            requirement = parse_requirement(text)
        except UsageError as error:
            reading.complain(at, error.what, error.hint or "")
            continue
        place = reading.place(at)
        found.append(SpecRequirement(requirement=requirement, text=text, place=place))
    return tuple(found)


def _dotenv(
    table: Mapping[str, Any], path: TomlPath, reading: SpecReading
) -> tuple[DotenvFile, ...]:
    found = []
    for text, at in reading.texts(table.get("dotenv", []), path, '".env"'):
        target = reading.path_of(text, at)
        if target is not None:
            found.append(DotenvFile(path=target, place=reading.place(at)))
    return tuple(found)


def _inputs(
    table: Mapping[str, Any], path: TomlPath, reading: SpecReading
) -> tuple[SpecInput, ...]:
    tables = reading.table(table, path)
    found = []
    for name in tables:
        at = (*path, name)
        if not re.fullmatch(INPUT_NAME, name):
            hint = "write it with lower-case letters, digits and dashes"
            reading.complain(at, f"{name!r} is no name for an input", hint)
            continue
        if not isinstance(tables[name], dict):
            hint = f"write {_input_example(name)}"
            reading.expected(at, "a table", tables[name], hint)
            continue
        if _is_input(name, tables[name], at, reading):
            found.append(
                SpecInput(
                    name=name,
                    table=tables[name],
                    folder=reading.folder,
                    place=reading.place(at),
                )
            )
    return tuple(found)


def _is_input(
    name: str, table: Mapping[str, Any], at: TomlPath, reading: SpecReading
) -> bool:
    """Tell whether a table describes an input; complain of what is wrong with it."""
    # Few specs have any.
    from devenv.formats.inputs import parse_third_party_input  # noqa: PLC0415

    try:
        parse_third_party_input(name, table)
    except FormatError as error:
        key = (error.where or "").removeprefix(f"inputs.{name}").lstrip(".")
        hint = error.hint or f"write {_input_example(name)}"
        reading.complain((*at, key) if key else at, error.what, hint)
        return False
    return True


def _input_example(name: str) -> str:
    return (
        f'{name} = {{ apt = "https://example.org/apt", suite = "stable",'
        ' key = "key.asc" }'
    )


def _shell(
    table: Mapping[str, Any], path: TomlPath, reading: SpecReading
) -> tuple[ShellSetting, ...]:
    shells = reading.table(table, path)
    reading.known_keys(shells, (*MOMENTS, *SHELL_NAMES), path)
    found = list(_moments(shells, "", path, reading))
    for name in SHELL_NAMES:
        if name in shells:
            at = (*path, name)
            texts = reading.table(shells, at)
            reading.known_keys(texts, MOMENTS, at)
            found.extend(_moments(texts, name, at, reading))
    return tuple(found)


def _moments(
    table: Mapping[str, Any], shell: str, at: TomlPath, reading: SpecReading
) -> list[ShellSetting]:
    found = []
    for moment in MOMENTS:
        path = (*at, moment)
        text = table.get(moment)
        if text is None:
            continue
        if not isinstance(text, str):
            hint = f"write {moment} = '''...''' with what the shell should run"
            reading.expected(path, "text", text, hint)
        elif "\0" in text or len(text.encode()) > MAX_SHELL_TEXT_BYTES:
            hint = "put it in a script, and name that here"
            reading.complain(path, "this is too long, or has a NUL", hint)
        else:
            place = reading.place(path)
            found.append(
                ShellSetting(shell=shell, moment=moment, text=text, place=place)
            )
    return found


def _name(
    table: Mapping[str, Any],
    path: TomlPath,
    reading: SpecReading,
    pattern: re.Pattern[str],
    example: str,
) -> NameSetting | None:
    key = str(path[-1])
    if key not in table:
        return None
    value = table[key]
    hint = f'write {key} = "{example}"'
    if not isinstance(value, str):
        reading.expected(path, "text", value, hint)
        return None
    if not pattern.fullmatch(value):
        reading.complain(path, f"{value[:80]!r} cannot be meant here", hint)
        return None
    return NameSetting(text=value, place=reading.place(path))
