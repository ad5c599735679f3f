"""`[shell]` of a spec: text that runs in the user's own shell, and at its end."""

import subprocess
from pathlib import Path

import pytest

from devenv.model.spec import ShellText
from devenv.operations.start_files import write_start_files
from devenv.shells.project_text import text_of
from devenv.shells.start import ShellStart, plan_shell
from tests.fixtures.ad_hoc import Home
from tests.shells.terminal import Terminal, required

pytestmark = pytest.mark.shell

SHELLS = ("bash", "zsh", "fish")
every_shell = pytest.mark.parametrize("shell", SHELLS)


@pytest.fixture
def texts(tmp_path: Path) -> dict[str, ShellText]:
    """Text that shows when it ran: in a folder whose name has to be quoted."""
    left = tmp_path / "it's left"
    return {
        "": ShellText(enter="alias greet='echo good day'", leave=f'touch "{left}"'),
        "fish": ShellText(enter="set -g order fish"),
        "bash": ShellText(enter="order=bash"),
        "zsh": ShellText(enter="order=zsh"),
    }


def start(
    user: Home, shell: str, texts: dict[str, ShellText], **more: object
) -> ShellStart:
    folder = write_start_files(user.state, user.environment, texts)
    return plan_shell(
        shell,
        user.environment,
        program=required(shell),
        ambient=user.env,
        directory=str(folder),
        text=text_of(texts, shell),
        **more,  # type: ignore[arg-type]
    )


@every_shell
@pytest.mark.parametrize("pure", [False, True], ids=["with rc files", "pure"])
def test_text_runs_after_entering_and_before_leaving(
    user: Home, tmp_path: Path, shell: str, texts: dict[str, ShellText], *, pure: bool
) -> None:
    user.add_program("hello", "#!/bin/sh\necho from-the-tree\n")
    texts[""] = ShellText(
        enter=texts[""].enter + "\nexport SEEN=$(hello)", leave=texts[""].leave
    )
    plan = start(user, shell, texts, pure=pure)
    with Terminal(plan.argv, plan.env, user.path) as terminal:
        assert terminal.ask("greet") == "good day\n"
        assert terminal.ask("echo $order") == f"{shell}\n"
        assert terminal.value("SEEN") == "from-the-tree"
        assert not (tmp_path / "it's left").exists()
        assert terminal.leave(5) == 5
    assert (tmp_path / "it's left").exists()


@every_shell
def test_text_comes_around_one_command_and_its_status_stays(
    user: Home, tmp_path: Path, shell: str, texts: dict[str, ShellText]
) -> None:
    plan = start(user, shell, texts, command="echo $order; exit 3")
    done = subprocess.run(
        plan.argv, env=dict(plan.env), capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == (f"{shell}\n", 3)
    assert (tmp_path / "it's left").exists()


@every_shell
def test_a_mistake_in_the_text_leaves_a_shell_that_works(
    user: Home, shell: str
) -> None:
    plan = start(user, shell, {"": ShellText(enter="if then ((", leave="((")})
    with Terminal(plan.argv, plan.env, user.path) as terminal:
        assert terminal.value("PATH").startswith(f"{user.programs}:")
        assert terminal.leave(4) == 4


def test_a_trap_of_the_user_is_left_alone(user: Home, tmp_path: Path) -> None:
    (user.path / ".bashrc").write_text(f"trap 'touch {tmp_path}/theirs' EXIT\n")
    plan = start(user, "bash", {"": ShellText(leave=f"touch {tmp_path}/ours")})
    with Terminal(plan.argv, plan.env, user.path) as terminal:
        terminal.leave(0)
    assert (tmp_path / "theirs").exists()
    assert not (tmp_path / "ours").exists()


def test_no_text_makes_no_file(user: Home) -> None:
    folder = write_start_files(user.state, user.environment, {"zsh": ShellText()})
    assert not (folder / "project").exists()
