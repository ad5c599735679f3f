"""Which command lines are done without typer, and by which code."""

from pathlib import Path

import pytest

from devenv.cli.plain import action_of
from tests.unit.test_main_module import LIBRARIES, imported_by


@pytest.mark.parametrize(
    "words",
    [
        "exec make -j2",
        "exec -- make",
        "run cowsay -f tux hello",
        "run bookworm:jq@1.6 --version",
        "run -p python3 -p nodejs -- make test",
        "run -p python3 python3 -c x",
        "shell",
        "shell -p gcc -p libssl-dev",
        "shell -c ls",
        "shell -p nodejs -c ls",
        "lock",
        "lock -q",
        "add ripgrep nodejs@20 -q",
        "remove jq",
        "gc --now",
    ],
)
def test_a_plain_command_line_is_done_at_once(words: str) -> None:
    assert action_of(words.split()) is not None


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["exec"],
        ["exec", "--"],
        ["exec", "--locked", "make"],
        ["exec", "--", "-x"],
        ["exec", ""],
        ["run"],
        ["run", "--offline", "jq"],
        ["run", "-p", "jq"],
        ["run", "-p"],
        ["run", "-p", "jq", "--"],
        ["run", "-p", "jq", "--", "-x"],
        ["run", "-pjq", "make"],
        ["run", "--", "make"],
        ["run", "/bin/true"],
        ["shell", "--pure"],
        ["shell", "-p"],
        ["shell", "-p", "jq", "make"],
        ["shell", "-c"],
        ["shell", "-c", ""],
        ["shell", "-c", "ls", "-q"],
        ["lock", "--check"],
        ["add"],
        ["add", "-q"],
        ["add", "--json", "jq"],
        ["add", "jq", "--help"],
        ["add", "../jq"],
        ["add", "jq>=1.6"],
        ["remove", "jq", "--project", "x"],
        ["gc", "--keep", "1"],
        ["list"],
    ],
    ids=" ".join,
)
def test_another_command_line_is_left_to_typer(words: list[str]) -> None:
    assert action_of(words) is None


@pytest.mark.parametrize(
    ("words", "module"),
    [
        ("add jq", "devenv.operations.open_project"),
        ("remove jq", "devenv.operations.open_project"),
        ("shell -c ls", "devenv.operations.enter_project"),
        ("run jq@@", "devenv.operations.run_program"),
    ],
)
def test_a_plain_command_imports_no_library_for_options(
    tmp_path: Path, words: str, module: str
) -> None:
    modules = imported_by(
        f"import os; os.chdir({str(tmp_path)!r})\n"
        "from devenv.cli.plain import run_plainly\n"
        "assert run_plainly(sys.argv[1:]) != 0  # there is no project",
        *words.split(),
    )
    assert module in modules
    assert not modules & LIBRARIES
