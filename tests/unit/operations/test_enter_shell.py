"""Which shell is the user's own."""

from pathlib import Path

import pytest

from devenv.operations.enter_shell import user_shell


@pytest.fixture
def shells(tmp_path: Path) -> Path:
    for name in ("bash", "zsh", "fish", "nu"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "zsh").write_text("not executable")
    return tmp_path


@pytest.mark.parametrize(
    ("variable", "registered", "expected"),
    [
        ("{}/zsh", "{}/fish", ("zsh", "{}/zsh")),
        ("", "{}/fish", ("fish", "{}/fish")),
        ("{}/nu", "{}/zsh", ("zsh", "{}/zsh")),
        ("{}/gone", "{}/zsh", ("zsh", "{}/zsh")),
        ("{}/broken/zsh", "{}/fish", ("fish", "{}/fish")),
        ("zsh", "{}/fish", ("fish", "{}/fish")),
    ],
)
def test_the_variable_comes_before_the_user_database(
    shells: Path, variable: str, registered: str, expected: tuple[str, str]
) -> None:
    found = user_shell({"SHELL": variable.format(shells)}, registered.format(shells))
    assert found == (expected[0], expected[1].format(shells))


def test_without_either_it_is_a_shell_of_the_machine() -> None:
    shell, program = user_shell({}, "/usr/sbin/nologin")
    assert shell in {"bash", "sh"}
    assert Path(program).is_file()
