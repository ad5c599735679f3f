"""The table of commands, and what is imported for each."""

import typer

from devenv.cli.commands import COMMANDS, modules_for
from devenv.cli.main import command_line


def words_of(app: typer.Typer) -> set[str]:
    return {
        name
        for name in [
            *(command.name for command in app.registered_commands),
            *(group.name for group in app.registered_groups),
        ]
        if isinstance(name, str)
    }


def test_every_module_has_exactly_the_commands_of_the_table() -> None:
    for module, words in COMMANDS.items():
        assert words_of(command_line([words[0]])) == set(words), module


def test_every_command_is_in_one_module() -> None:
    words = [word for each in COMMANDS.values() for word in each]
    assert len(words) == len(set(words))
    assert words_of(command_line()) == set(words)


def test_help_and_mistakes_need_all() -> None:
    assert modules_for(["exec", "--help"]) == ("project_use",)
    for argv in ([], ["--help"], ["no-such-command"], ["-x", "exec"]):
        assert modules_for(argv) == tuple(COMMANDS)
