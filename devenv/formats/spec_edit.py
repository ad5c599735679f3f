"""Changes to the packages of a `devenv.toml`: all else stays as it was, to the byte.

Every change is read again: if it does not mean what it should, nothing is
changed. tomlkit was left out: these edits need positions only, which complaints
need anyway, and to import it takes 30 ms.
"""

import tomllib
from typing import Any

from devenv.errors import FormatError
from devenv.formats.requirement import parse_requirement
from devenv.formats.spec_list_edit import with_item, with_new_list, without_item
from devenv.formats.toml_scanner import TomlPath, TomlScanner
from devenv.model.requirement import Requirement

BYTE_ORDER_MARK = "\ufeff"

_PACKAGES = "packages"


def with_package(text: str, requirement: str) -> str:
    """Return a spec that asks for one more package, as the last one.

    A package of the same name and input takes the place of the one that is
    there: `nodejs@22` that of `nodejs@20`.

    Raises:
        UsageError: this is no requirement.
        FormatError: the spec is no TOML, or `packages` is no list of
            requirements, or it cannot be changed safely.
    """
    wanted = parse_requirement(requirement)
    mark, body = _marked(text)
    document = _document(body)
    listed = _listed(document)
    same = [
        index
        for index, item in enumerate(listed)
        if (item.input, item.name) == (wanted.input, wanted.name)
    ]
    written = f'"{requirement}"'
    texts = list(document.get(_PACKAGES, []))
    if same:
        texts[same[0]] = requirement
        span = TomlScanner(body).spans[_PACKAGES, same[0]]
        body = body[: span.start] + written + body[span.end :]
    elif _PACKAGES in document:
        body = with_item(body, (_PACKAGES,), written)
    else:
        body = with_new_list(body, _PACKAGES, written)
    document[_PACKAGES] = texts if same else [*texts, requirement]
    return mark + _checked(body, document)


def without_package(text: str, requirement: str) -> str:
    """Return a spec that no longer asks for a package, on no system.

    A name means it in every version and from every input; `bookworm:ruby` and
    `nodejs@20` mean only these. A spec without it is returned as it is.

    Raises:
        UsageError: this is no requirement.
        FormatError: see `with_package`.
    """
    unwanted = parse_requirement(requirement)
    mark, body = _marked(text)
    document = _document(body)
    for table, path in _package_lists(document):
        meant = [
            index
            for index, item in enumerate(_listed(table))
            if _is_meant(item, unwanted)
        ]
        for index in reversed(meant):
            body = without_item(body, path, index)
            del table[_PACKAGES][index]
    return mark + _checked(body, document)


def _marked(text: str) -> tuple[str, str]:
    """Return the byte order mark, if there is one, and the rest."""
    body = text.removeprefix(BYTE_ORDER_MARK)
    return text[: len(text) - len(body)], body


def _package_lists(document: dict[str, Any]) -> list[tuple[dict[str, Any], TomlPath]]:
    """Return every table that lists packages, with the path of its list."""
    systems = document.get("system", {})
    parts: list[tuple[dict[str, Any], TomlPath]] = [(document, (_PACKAGES,))]
    if isinstance(systems, dict):
        parts += [
            (part, ("system", name, _PACKAGES))
            for name, part in systems.items()
            if isinstance(part, dict)
        ]
    return [(table, path) for table, path in parts if _PACKAGES in table]


def _document(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise FormatError(f"this is not TOML: {error}", hint="devenv check") from error


def _listed(table: dict[str, Any]) -> list[Requirement]:
    items = table.get(_PACKAGES, [])
    if not isinstance(items, list) or not all(isinstance(each, str) for each in items):
        raise FormatError("packages is no list of texts", hint="devenv check")
    return [parse_requirement(item) for item in items]


def _is_meant(item: Requirement, by: Requirement) -> bool:
    return (
        item.name == by.name
        and by.input in {None, item.input}
        and by.version in {None, item.version}
    )


def _checked(text: str, expected: dict[str, Any]) -> str:
    """Return a text if it means what it should.

    Raises:
        FormatError: it does not.
    """
    try:
        is_right = tomllib.loads(text) == expected
    except tomllib.TOMLDecodeError:
        is_right = False
    if not is_right:
        raise FormatError(
            "packages is written in a way that cannot be changed safely",
            hint="change it in an editor, then: devenv lock",
        )
    return text
