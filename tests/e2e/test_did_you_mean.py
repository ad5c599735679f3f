"""Whatever is misspelt, what was meant is asked for or listed."""

import pytest

from devenv.cli.main import main
from tests.fixtures.project_world import ProjectWorld

WORDS = {
    "a command": ("serach json", "did you mean search?"),
    "a command in capitals": ("Shell", "did you mean shell?"),
    "a command below another": ("store verfy", "did you mean verify?"),
    "a command of a small group": ("template lst", "did you mean list?"),
    "a command to help with": ("help genrations", "did you mean generations?"),
    "a flag": ("add --ofline hello", "did you mean --offline?"),
    "a flag of a program's command": ("exec --lokced true", "did you mean --locked?"),
    "a flag of devenv": ("--verison", "did you mean --version?"),
    "a template": ("init pyton --into elsewhere", "did you mean python?"),
    "a template to look at": ("template show postgrs", "did you mean postgres?"),
    "a format": ("env --format zhs", "did you mean zsh?"),
    "a shell": ("hook fihs", "did you mean fish?"),
    "a shell to complete in": ("completion bahs", "did you mean bash?"),
    "a service": ("export ci gihtub", "there is github and gitlab"),
}
"""What is known without a look at anything."""

NAMES = {
    "a package": ("add helo", "did you mean hello"),
    "a package to be removed": ("remove helo", "did you mean hello"),
    "a package of the lock": ("why helo", "did you mean hello"),
    "a package to look at": ("info helo", "did you mean hello"),
    "an input": ("add bokworm:hello", "did you mean bookworm?"),
    "an input to search": ("search --input othr x", "did you mean other?"),
    "a system": ("list --system aarch64_linux", "did you mean aarch64-linux?"),
    "a generation": ("rollback 11", "it has none yet"),
}
"""What an archive or a project has."""


@pytest.mark.parametrize("name", WORDS)
def test_a_word_that_was_meant_is_asked(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    typed, expected = WORDS[name]
    assert main(typed.split()) in {1, 2}
    assert expected in capsys.readouterr().err


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_was_meant_is_asked(project: ProjectWorld, name: str) -> None:
    typed, expected = NAMES[name]
    done = project.run(*typed.split())
    assert done.returncode in {1, 2}
    assert expected in done.stderr


def test_a_package_to_update(project: ProjectWorld) -> None:
    assert project.run("lock").returncode == 0
    assert "did you mean hello?" in project.run("update", "helo").stderr


def test_a_generation_that_is_not_there_any_more(project: ProjectWorld) -> None:
    assert project.run("build").returncode == 0
    assert "it has 1" in project.run("rollback", "11", "--yes").stderr


def test_a_key_of_the_spec(project: ProjectWorld) -> None:
    project.spec_path.write_text("pakages = []\n")
    assert "did you mean packages?" in project.run("check").stderr


def test_a_key_of_the_settings(project: ProjectWorld) -> None:
    file = project.world.home / ".config/devenv/config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('defualt_input = "sid"\n')
    assert "default_input" in project.run("list").stderr
