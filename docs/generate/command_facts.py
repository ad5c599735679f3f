"""Every command with its arguments, options and examples, from the command line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import typer

from devenv.cli.commands import COMMANDS
from devenv.cli.main import command_line
from devenv.cli.options import ARCHIVE, LOCK, TALK

_NUMBERS = ("integer", "integer range", "float", "float range")
_SHARED = frozenset({*ARCHIVE, *LOCK, *TALK})
_STARTERS = ("run", "exec", "shell")
"""Commands that become another program, whose exit status is theirs."""


class _Parameter(Protocol):
    name: str
    opts: Sequence[str]
    metavar: str | None
    help: str | None
    param_type_name: str
    required: bool
    multiple: bool
    is_flag: bool
    default: object


class _Command(Protocol):
    help: str | None
    epilog: str | None
    hidden: bool
    params: Sequence[_Parameter]
    commands: dict[str, "_Command"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArgumentFacts:
    """A word without a dash; `written` as a usage line has it."""

    written: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionFacts:
    """An option. `value` stands for what follows it, or is empty for a switch."""

    names: tuple[str, ...]
    value: str
    text: str
    default: str
    is_shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandFacts:
    """One command, or a group of commands: then it has `parts`."""

    words: tuple[str, ...]
    summary: str
    more: tuple[str, ...]
    arguments: tuple[ArgumentFacts, ...]
    options: tuple[OptionFacts, ...]
    examples: tuple[str, ...]
    parts: tuple["CommandFacts", ...]

    @property
    def name(self) -> str:
        """What is typed: `devenv store du`."""
        return " ".join(self.words)

    @property
    def page(self) -> str:
        """What its page is called: `devenv-store-du`."""
        return "-".join(self.words)

    @property
    def usage(self) -> str:
        """What may be typed, in one line."""
        if self.parts:
            return f"{self.name} COMMAND"
        return " ".join(
            (self.name, "[OPTION]...", *(item.written for item in self.arguments))
        )

    @property
    def has_own_status(self) -> bool:
        """Whether it ends with the status of the program that it starts."""
        return len(self.words) > 1 and self.words[1] in _STARTERS

    @property
    def has_json(self) -> bool:
        """Whether it prints for programs."""
        return any("--json" in option.names for option in self.options)

    def all_commands(self) -> "Iterator[CommandFacts]":
        """Yield this command and those below it that can be typed."""
        yield self
        for part in self.parts:
            yield from part.all_commands()


def all_facts() -> CommandFacts:
    """Return `devenv` itself, with every command that is not hidden below it."""
    found = typer.main.get_command(command_line())
    return _facts(cast("_Command", found), ("devenv",))


def groups(whole: CommandFacts) -> tuple[tuple[CommandFacts, ...], ...]:
    """Return the first words of all commands, those of one module together."""
    by_word = {part.words[1]: part for part in whole.parts}
    found = (
        tuple(by_word[word] for word in words if word in by_word)
        for words in COMMANDS.values()
    )
    return tuple(group for group in found if group)


def _facts(command: _Command, words: tuple[str, ...]) -> CommandFacts:
    summary, *more = _paragraphs(command.help or "")
    parts = getattr(command, "commands", {})
    parameters = [item for item in command.params if item.name != "help"]
    return CommandFacts(
        words=words,
        summary=summary,
        more=tuple(more),
        arguments=tuple(
            _argument(item) for item in parameters if item.param_type_name == "argument"
        ),
        options=tuple(
            _option(item) for item in parameters if item.param_type_name == "option"
        ),
        examples=_examples(command.epilog or ""),
        parts=tuple(
            _facts(part, (*words, name))
            for name, part in parts.items()
            if not part.hidden
        ),
    )


def _paragraphs(text: str) -> list[str]:
    text = text.replace("\b", "")
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def _argument(found: _Parameter) -> ArgumentFacts:
    written = found.metavar or found.name.upper()
    return ArgumentFacts(written=written, text=found.help or "")


def _option(found: _Parameter) -> OptionFacts:
    kind = getattr(getattr(found, "type", None), "name", "text")
    value = found.metavar or ("N" if kind in _NUMBERS else "TEXT")
    has_default = not found.is_flag and found.default not in {None, ()}
    return OptionFacts(
        names=tuple(sorted(found.opts, key=lambda name: (name[:2] != "--", name))),
        value="" if found.is_flag else value,
        text=found.help or "",
        default=str(found.default) if has_default else "",
        is_shared=found.name in _SHARED,
    )


def _examples(epilogue: str) -> tuple[str, ...]:
    _, _, lines = epilogue.partition("Examples:\n")
    return tuple(line.strip() for line in lines.splitlines() if line.strip())
