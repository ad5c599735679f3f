"""A user with the hook in a real shell: what was allowed comes, nothing else."""

import shlex
import sys
from pathlib import Path

import pytest

from devenv.host.hook_text import render_hook
from tests.fixtures.project_world import ProjectWorld
from tests.shells.terminal import Terminal, required

SHELLS = ("bash", "zsh", "fish")
RC_FILES = {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}
MAIN = Path(__file__).parent.parent.parent / "devenv" / "__main__.py"

pytestmark = pytest.mark.shell


def terminal(project: ProjectWorld, shell: str) -> Terminal:
    """Return a terminal with a shell that has the hook, which calls this Python."""
    home = project.world.home
    command = home / "devenv"
    words = shlex.join([sys.executable, "-I", str(MAIN)])
    command.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
    command.chmod(0o755)
    rc_file = home / RC_FILES[shell]
    rc_file.parent.mkdir(parents=True, exist_ok=True)
    rc_file.write_text(render_hook(shell, str(command)))
    env = project.world.environment(PS1="$ ", SHELL=required(shell))
    return Terminal(argv=[required(shell), "-i"], env=env, cwd=home)


def at_prompt(found: Terminal, command: str) -> str:
    """Type a command; return what is said until the prompt after the next one."""
    shown = found.ask(command)
    found.ask("true")
    return shown + found.said_before


@pytest.mark.parametrize("shell", SHELLS)
def test_exec_in_an_unknown_project_and_then_cd_does_nothing(
    project: ProjectWorld, shell: str
) -> None:
    project.write_spec(
        "hello", tables='[env]\nEVIL = "yes"\n[shell]\nenter = "export RAN=yes"\n'
    )
    devenv = f"{project.world.home}/devenv"
    with terminal(project, shell) as found:
        said = found.ask(f"cd {project.folder} && {devenv} exec hello")
        assert "hello" in said
        for command in ("true", "cd ..", f"cd {project.folder}", "true"):
            at_prompt(found, command)
            assert found.value("EVIL") == ""
            assert found.value("RAN") == ""
        assert found.value("DEVENV_PROJECT") == ""
        assert "not allowed yet" in found.value("DEVENV_STATE_TEXT")


@pytest.mark.parametrize("shell", SHELLS)
def test_what_is_allowed_comes_what_is_new_waits(
    project: ProjectWorld, shell: str
) -> None:
    project.write_spec("hello", tables='[env]\nWORD = "one"\n')
    devenv = f"{project.world.home}/devenv"
    with terminal(project, shell) as found:
        at_prompt(found, f"cd {project.folder}")
        assert found.value("WORD") == ""
        at_prompt(found, f"{devenv} allow --yes")
        assert found.value("WORD") == "one"
        assert found.ask("hello").split() == ["hello"]
        # Somebody changes it: what there is stays, and the change is named once.
        project.write_spec("hello", tables='[env]\nWORD = "two"\n')
        said = at_prompt(found, "true") + at_prompt(found, f"{devenv} wait")
        said += at_prompt(found, "true")
        assert said.count("new here: value WORD=two") >= 1
        assert found.value("WORD") == "one"
        at_prompt(found, f"{devenv} allow --yes")
        assert found.value("WORD") == "two"
        # Another package of the same archive comes by itself.
        project.write_spec("hello", "toolbox", tables='[env]\nWORD = "two"\n')
        at_prompt(found, "true")
        at_prompt(found, f"{devenv} wait")
        assert found.ask("hammer").split() == ["bang"]
        at_prompt(found, f"{devenv} deny")
        assert found.value("WORD") == ""
        assert "toolbox" not in found.value("PATH")


@pytest.mark.parametrize("shell", SHELLS)
def test_an_unknown_project_below_an_allowed_one_unloads_nothing_silently(
    project: ProjectWorld, shell: str
) -> None:
    project.write_spec("hello", tables='[env]\nWORD = "parent"\n')
    child = project.folder / "child"
    child.mkdir()
    (child / "devenv.toml").write_text('env.WORD = "child"\n')
    devenv = f"{project.world.home}/devenv"
    with terminal(project, shell) as found:
        at_prompt(found, f"cd {project.folder}")
        at_prompt(found, f"{devenv} allow --yes")
        said = at_prompt(found, f"cd {child}")
        assert said.count("not allowed yet") == 1
        assert "the one above it stays" in said
        assert found.value("WORD") == "parent"
