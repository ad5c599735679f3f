"""Effects as canonical JSON, both ways: what a trust record is bound to."""

from collections.abc import Mapping
from typing import Any

from devenv.model.spec import ShellText
from devenv.model.trust import Effects, InputEffect, PackageEffect, ValueEffect


def effects_as_json(effects: Effects) -> dict[str, object]:
    """Return effects as values that JSON has."""
    return {
        "inputs": {
            name: {
                "definition": item.definition,
                "keys": list(item.keys),
                "address": item.address,
            }
            for name, item in effects.inputs.items()
        },
        "trees": list(effects.trees),
        "packages": _rows_as_json(effects.packages),
        "libraries": list(effects.libraries),
        "c_library": effects.c_library,
        "library_packages": _rows_as_json(effects.library_packages),
        "values": {
            name: {"value": item.value, "source": item.source}
            for name, item in effects.values.items()
        },
        "prepend": {name: list(held) for name, held in effects.prepend.items()},
        "append": {name: list(held) for name, held in effects.append.items()},
        "unset": list(effects.unset),
        "texts": {
            shell: {"enter": text.enter, "leave": text.leave}
            for shell, text in effects.texts.items()
        },
        "aliases": dict(effects.aliases),
        "programs": dict(effects.programs),
    }


def effects_from_json(found: object) -> Effects:
    """Return the effects that `effects_as_json` described.

    Raises:
        ValueError, KeyError, TypeError: it described none.
    """
    table = _table(found)
    return Effects(
        inputs={
            name: InputEffect(
                definition=_text(_table(item)["definition"]),
                keys=_texts(_table(item)["keys"]),
                address=_text(_table(item)["address"]),
            )
            for name, item in _table(table["inputs"]).items()
        },
        trees=_texts(table["trees"]),
        packages=_rows(table["packages"]),
        libraries=_texts(table["libraries"]),
        c_library=_text(table["c_library"]),
        library_packages=_rows(table["library_packages"]),
        values={
            name: ValueEffect(
                value=_text(_table(item)["value"]),
                source=_text(_table(item)["source"]),
            )
            for name, item in _table(table["values"]).items()
        },
        prepend=_lists(table["prepend"]),
        append=_lists(table["append"]),
        unset=_texts(table["unset"]),
        texts={
            shell: ShellText(
                enter=_text(_table(item)["enter"]), leave=_text(_table(item)["leave"])
            )
            for shell, item in _table(table["texts"]).items()
        },
        aliases=_words(table["aliases"]),
        programs=_words(table["programs"]),
    )


def _rows_as_json(rows: tuple[PackageEffect, ...]) -> list[list[str]]:
    return [
        [row.input, row.name, row.version, row.architecture, row.sha256] for row in rows
    ]


def _rows(found: object) -> tuple[PackageEffect, ...]:
    if not isinstance(found, list):
        raise TypeError(found)
    rows = []
    for item in found:
        source, name, version, architecture, sha256 = _texts(item)
        rows.append(
            PackageEffect(
                input=source,
                name=name,
                version=version,
                architecture=architecture,
                sha256=sha256,
            )
        )
    return tuple(rows)


def _lists(found: object) -> dict[str, tuple[str, ...]]:
    return {name: _texts(held) for name, held in _table(found).items()}


def _words(found: object) -> dict[str, str]:
    return {name: _text(text) for name, text in _table(found).items()}


def _table(found: object) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise TypeError(found)
    return found


def _texts(found: object) -> tuple[str, ...]:
    if not isinstance(found, list):
        raise TypeError(found)
    return tuple(map(_text, found))


def _text(found: object) -> str:
    if not isinstance(found, str):
        raise TypeError(found)
    return found
