"""Every command has a help with an example that could be typed."""

from collections.abc import Iterator
from typing import Protocol, cast

import pytest
import typer

from devenv.cli.complaints import OTHER_WORDS
from devenv.cli.main import command_line, main


class Command(Protocol):
    help: str | None
    epilog: str | None
    hidden: bool
    commands: "dict[str, Command]"


def walk(command: Command, name: str) -> Iterator[tuple[str, Command]]:
    for word, each in getattr(command, "commands", {}).items():
        yield f"{name} {word}", each
        yield from walk(each, f"{name} {word}")


TOP = cast("Command", typer.main.get_command(command_line()))
ALL = dict(walk(TOP, "devenv"))
COMMANDS = [
    name
    for name, each in ALL.items()
    if not each.hidden and not hasattr(each, "commands")
]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_what_it_does_and_has_an_example(name: str) -> None:
    command = ALL[name]
    assert (command.help or "").strip()
    _, _, text = (command.epilog or "").partition("Examples:\n")
    examples = [line.strip() for line in text.splitlines()]
    own = [line for line in examples if name in line]
    assert own, f"{name} has no example of itself: {examples}"


@pytest.mark.parametrize("name", ["devenv", "devenv run", "devenv store verify"])
def test_help_is_the_help_of_a_command(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    words = name.split()[1:]
    assert main(["help", *words]) == 0
    helped = capsys.readouterr().out
    assert main([*words, "--help"]) == 0
    assert capsys.readouterr().out == helped
    assert helped.startswith(f"Usage: {name} ")


def test_words_of_other_tools_are_not_ours() -> None:
    assert not set(OTHER_WORDS) & set(TOP.commands)
    for text in OTHER_WORDS.values():
        named = [part.split()[1] for part in text.split("`")[1::2]]
        assert named or "devenv.toml" in text
        assert set(named) <= set(TOP.commands) | {"daemon"}


def test_every_word_of_another_tool_is_told_what_is_ours(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for word, text in OTHER_WORDS.items():
        assert main([word]) == 2
        assert text in capsys.readouterr().err
