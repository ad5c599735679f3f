r"""All commands and their options as a text that shells read when Tab is pressed.

It is made once, by a test, and shipped: `shell-hooks/commands.txt`. A line each:

    c|store verify|path...|Look for damage.     a command, what it takes, its help
    f|run|-p --package|package|A package ...    an option, the kind of its value
    v|system|aarch64-linux x86_64-linux         the words that a kind can be

A command with `(` has commands below it; behind `>` all is some program's.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import cast

import typer

from devenv.host.hook_text import HOOK_LINES
from devenv.model.systems import SYSTEMS
from devenv.shells.exports import FORMATS
from devenv.sources.apt.inputs import built_in
from devenv.typed import Protocol

_DATA = files("devenv.data")

_OWN_KINDS = {
    ("run", "words"): "program >",
    ("exec", "words"): "command >",
    ("help", "words"): "topic",
    ("which", "program"): "command",
    ("remove", "packages"): "asked...",
    ("update", "names"): "part...",
    ("tree", "package"): "locked",
    ("why", "package"): "locked",
    ("diff", "locks"): "file...",
    ("export ci", "service"): "service",
    ("store info", "path"): "path",
    ("store verify", "paths"): "path...",
    ("store repair", "paths"): "path...",
    ("store delete", "paths"): "path...",
    ("search", "terms"): "package...",
    ("rollback", "number"): "generation",
}
"""What a command takes where its metavar does not tell."""

_KINDS = {
    "DIR": "dir",
    "FILE": "file",
    "FORMAT": "format",
    "INPUT": "input",
    "LINK": "file",
    "N": "number",
    "NAME": "variable",
    "PKG": "package",
    "SHELL": "shell",
    "SYSTEM": "system",
    "TEMPLATE": "template",
}
"""The kind of a value by the word that help has for it."""


def choices() -> dict[str, tuple[str, ...]]:
    """Return the words of every kind that is a choice."""
    programs = tomllib.loads((_DATA / "programs.toml").read_text("utf-8"))
    return {
        "format": (*FORMATS, "json"),
        "input": tuple(built_in().inputs),
        "program": tuple(programs["holders"]),
        "service": ("github", "gitlab"),
        "shell": tuple(HOOK_LINES),
        "system": tuple(system.name for system in SYSTEMS.values()),
    }


class _Parameter(Protocol):
    name: str
    param_type_name: str
    opts: Sequence[str]
    nargs: int
    metavar: str | None
    help: str | None
    is_flag: bool
    hidden: bool


class _Command(Protocol):
    params: Sequence[_Parameter]
    hidden: bool
    help: str | None
    commands: "Mapping[str, _Command]"


def completion_table(app: typer.Typer) -> str:
    """Return the text for a command line."""
    top = cast("_Command", typer.main.get_command(app))
    lines = [f"v|{kind}|{' '.join(words)}" for kind, words in sorted(choices().items())]
    lines += _lines(top, "")
    return "\n".join(lines) + "\n"


def _lines(group: _Command, above: str) -> Iterator[str]:
    for word, command in group.commands.items():
        if command.hidden:
            continue
        name = f"{above}{word}"
        about = _sentence(command.help)
        if hasattr(command, "commands"):
            yield f"c|{name}|(|{about}"
            yield from _lines(command, f"{name} ")
            continue
        yield f"c|{name}|{_positional(name, command)}|{about}"
        for item in command.params:
            if item.param_type_name == "option" and not item.hidden:
                spellings = " ".join(sorted(item.opts, key=len))
                yield f"f|{name}|{spellings}|{_kind(name, item)}|{_sentence(item.help)}"
        yield f"f|{name}|-h --help||Show this help."


def _positional(name: str, command: _Command) -> str:
    kinds = [
        _kind(name, item)
        for item in command.params
        if item.param_type_name == "argument"
    ]
    return " ".join(kinds)


def _kind(command: str, item: _Parameter) -> str:
    if item.param_type_name == "option" and item.is_flag:
        return ""
    own = _OWN_KINDS.get((command, item.name))
    if own is not None:
        return own
    word = (item.metavar or "").strip("[].")
    return _KINDS.get(word, "text") + "..." * (item.nargs < 0)


def _sentence(text: str | None) -> str:
    """Return the first sentence of a help, without our separator."""
    first = " ".join((text or "").split("\n\n")[0].split())
    return first.replace("|", "/")
