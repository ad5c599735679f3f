"""The plan for starting a shell."""

import pytest

from devenv.model.environment import Environment
from devenv.shells.start import plan_shell, pure_variables

ENVIRONMENT = Environment(
    trees=("/t",), prepend={"PATH": ("/t/bin",)}, values={"A": "1"}
)
AMBIENT = {"PATH": "/bin", "HOME": "/h", "X": "y"}


def plan(shell: str, **more: object) -> tuple[tuple[str, ...], dict[str, str]]:
    start = plan_shell(
        shell,
        ENVIRONMENT,
        program=f"/bin/{shell}",
        ambient={**AMBIENT, **more.pop("ambient", {})},  # type: ignore[dict-item]
        directory="/s t",
        **more,  # type: ignore[arg-type]
    )
    return start.argv, dict(start.env)


@pytest.mark.parametrize(
    ("shell", "options"),
    [
        ("bash", ("--rcfile", "/s t/start.bash")),
        ("zsh", ()),
        ("fish", ("--init-command", "source '/s t/start.fish'")),
        ("sh", ()),
    ],
)
def test_a_shell_starts_with_our_file_and_the_whole_environment(
    shell: str, options: tuple[str, ...]
) -> None:
    argv, env = plan(shell)
    assert argv == (f"/bin/{shell}", *options)
    assert env.items() >= {
        ("PATH", "/t/bin:/bin"),
        ("A", "1"),
        ("X", "y"),
        ("DEVENV_ENVIRONMENT", "/t"),
    }
    assert ("ZDOTDIR" in env) == (shell == "zsh")


def test_zsh_is_told_the_users_zdotdir_only_if_there_is_one() -> None:
    _, env = plan("zsh")
    assert env["ZDOTDIR"] == "/s t/zsh"
    assert "DEVENV_USER_ZDOTDIR" not in env
    _, env = plan("zsh", ambient={"ZDOTDIR": ""})
    assert env["DEVENV_USER_ZDOTDIR"] == ""


@pytest.mark.parametrize(
    ("shell", "options"),
    [
        ("bash", ("--noprofile", "--norc")),
        ("zsh", ("-f",)),
        ("fish", ("--no-config",)),
        ("sh", ()),
    ],
)
def test_a_pure_shell_reads_no_file_and_forgets_the_rest(
    shell: str, options: tuple[str, ...]
) -> None:
    argv, env = plan(shell, pure=True, command="x", ambient={"BASH_ENV": "/b"})
    assert argv == (f"/bin/{shell}", *options, "-c", "x")
    assert env == {
        "PATH": "/t/bin:/usr/bin:/bin",
        "A": "1",
        "HOME": "/h",
        "DEVENV_ENVIRONMENT": "/t",
    }


def test_a_pure_environment_keeps_what_is_listed_and_asked_for() -> None:
    kept = {"HOME": "h", "LC_ALL": "l", "SSH_AUTH_SOCK": "s", "MINE": "m"}
    ambient = {**kept, "LCX": "x", "EDITOR": "e", "PATH": "/p"}
    pure = pure_variables(ambient, ["MINE", "UNSET"])
    assert pure == {**kept, "PATH": "/usr/bin:/bin"}


def test_a_path_that_was_asked_to_be_kept_is_kept() -> None:
    assert pure_variables({"PATH": "/p"}, ["PATH"]) == {"PATH": "/p"}


def test_bash_applies_the_environment_after_bash_env() -> None:
    argv, _ = plan("bash", command="make", ambient={"BASH_ENV": "/b"})
    assert argv[1] == "-c"
    assert argv[2].startswith("export A='1'\n")
    assert argv[2].endswith("\nmake")
    argv, _ = plan("bash", command="make")
    assert argv == ("/bin/bash", "-c", "make")
