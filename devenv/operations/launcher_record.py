"""The text of a record: what lets `shell-hooks/devenv` go without Python.

One compound command that ends by setting a mark: what is cut off anywhere is a
syntax error or lacks the mark. It sets variables and defines two functions:
`_devenv_is_current` tells whether it still holds, `_devenv_apply` exports the
environment. Its first line is a comment that holds the same as JSON, for Python.
"""

from collections.abc import Mapping, Sequence

from devenv import plain_json
from devenv.model.environment import Environment
from devenv.operations.record_check import HEAD, TAIL
from devenv.shells import posix
from devenv.shells.base import environment_lines
from devenv.shells.start import source_in_fish
from devenv.values import dataclass

RECORD_FORMAT = 2

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What the launcher is told.

    `program` is the absolute path of what is executed, None where the user
    names the command; `start_directory` is the folder of the shells' start files,
    None where no shell is started from this record; `has_text` tells that the
    shells' start files run text of the project.
    """

    environment: Environment
    store_directory: str
    program: str | None = None
    start_directory: str | None = None
    has_text: bool = False


def render_record(recorded: Recorded, *, head: Json, conditions: Sequence[str]) -> str:
    """Return the text of a record.

    Args:
        recorded: what the launcher is told.
        head: what `record_check.read_head` is to give back.
        conditions: commands of sh, all of which succeed while the record holds.
            That the trees exist is seen to here.

    Raises:
        FormatError: a name or value that no shell can hold.
    """
    environment, start = recorded.environment, recorded.start_directory
    facts = {
        "format": str(RECORD_FORMAT),
        "store": recorded.store_directory,
        "program": recorded.program or "",
        "path": ":".join(environment.prepend.get("PATH", ())),
        "back": ":".join(environment.append.get("PATH", ())),
        "start": start or "",
        "fish": source_in_fish(start) if start else "",
        "text": "1" if recorded.has_text else "",
    }
    trees = [f"[ -d {posix.quote(tree)} ]" for tree in environment.trees]
    lines = [
        # One line, and no line break of any kind in it: JSON escapes them all.
        f"{HEAD}{plain_json.dumps(head, sort_keys=True)}",
        "{",
        *(f"_devenv_{name}={posix.quote(value)}" for name, value in facts.items()),
        "_devenv_is_current() {",
        # `true` and not `:`, which is a special built-in.
        " && ".join((*trees, *conditions)) or "true",
        "}",
        "_devenv_apply() {",
        *(environment_lines(posix, environment) or ["true"]),
        "}",
    ]
    return "\n".join(lines) + TAIL


def environment_as_json(environment: Environment) -> dict[str, object]:
    """Return an environment as values that JSON has."""
    return {
        "trees": list(environment.trees),
        "prepend": dict(environment.prepend),
        "append": dict(environment.append),
        "values": dict(environment.values),
        "unset": list(environment.unset),
    }


def environment_from_json(found: Json) -> Environment:
    """Return the environment that `environment_as_json` described.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is none.
    """
    return Environment(
        trees=_texts(found["trees"]),
        prepend=_lists(found["prepend"]),
        append=_lists(found["append"]),
        values={name: _text(value) for name, value in _table(found["values"])},
        unset=_texts(found["unset"]),
    )


def _lists(found: object) -> dict[str, tuple[str, ...]]:
    return {name: _texts(value) for name, value in _table(found)}


def _table(found: object) -> list[tuple[str, object]]:
    if not isinstance(found, dict):
        raise TypeError(found)
    return list(found.items())


def _texts(found: object) -> tuple[str, ...]:
    if not isinstance(found, list):
        raise TypeError(found)
    return tuple(map(_text, found))


def _text(found: object) -> str:
    if not isinstance(found, str):
        raise TypeError(found)
    return found
