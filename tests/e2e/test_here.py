"""`devenv` alone, in every state that a folder and its project can be in."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from devenv.formats.project_files import READERS
from devenv.operations.activation_state import activation_folder
from devenv.plan.next_step import FILES
from tests.fixtures.ad_hoc import LAUNCHER, Home
from tests.fixtures.project_world import ProjectWorld
from tests.shells.terminal import required

SPEC = 'packages = ["jq"]\n'


def alone(
    home: Path, folder: Path, *, shell: str = "", **env: str
) -> "subprocess.CompletedProcess[str]":
    command = [str(LAUNCHER)]
    if shell:
        # Not its last command: otherwise the shell would become it.
        command = [required(shell), "-c", f"{LAUNCHER}; true"]
    return subprocess.run(
        command,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", **env},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def told(home: Path, project: Path, word: str, sentence: str = "") -> None:
    """Leave what hooks are told, as a reload does, after the spec was written."""
    state = home / ".local/state/devenv"
    place = activation_folder(state, str(project.resolve())) / "state"
    place.parent.mkdir(parents=True)
    place.write_text(f"{word}\n{sentence}\ntoken\n")
    later = (project / "devenv.toml").stat().st_mtime + 1
    os.utime(place, (later, later))


def with_files(*names: str) -> Callable[[Path, Path], None]:
    def prepare(_: Path, folder: Path) -> None:
        for name in names:
            (folder / name).touch()

    return prepare


def in_project(
    word: str = "", sentence: str = "", *, spec: str = SPEC, newer: str = ""
) -> Callable[[Path, Path], None]:
    def prepare(home: Path, folder: Path) -> None:
        (folder / "devenv.toml").write_text(spec)
        if word:
            told(home, folder, word, sentence)
        if newer:
            far = (folder / "devenv.toml").stat().st_mtime + 60
            (folder / newer).touch()
            os.utime(folder / newer, (far, far))

    return prepare


STATES = {
    "nothing": (with_files(), "no devenv.toml here or above", "devenv init"),
    "a node project": (with_files("package.json"), "package.json, but", "devenv init"),
    "another devenv": (with_files("devenv.nix"), "another tool", "devenv init"),
    "unknown": (in_project(), "not allowed yet", "devenv allow"),
    "no lock": (in_project("allowed"), "none yet", "devenv exec|devenv shell"),
    "allowed": (in_project("allowed"), "allowed\n", "devenv exec|devenv shell"),
    "changed": (in_project("changed", "new: jq"), "new: jq", "devenv allow"),
    "denied": (in_project("denied"), "denied", "devenv allow"),
    "being built": (in_project("building"), "being built", "devenv wait"),
    "failed": (in_project("failed", "no network"), "no network", "devenv log"),
    "foreign": (in_project("foreign", "of uid 7"), "another user", "devenv shell"),
    "newer spec": (
        in_project("allowed", newer="devenv.toml"),
        "devenv.toml is newer",
        "devenv reload",
    ),
    "newer lock": (
        in_project("failed", newer="devenv.lock.toml"),
        "devenv.lock.toml is newer",
        "devenv reload",
    ),
    "broken spec": (in_project(spec="x = ["), "is not TOML", "devenv check"),
    "spec in Latin-1": (
        lambda _, folder: (folder / "devenv.toml").write_bytes(b"# \xe9\n"),
        "not UTF-8",
        "devenv check",
    ),
    "a word of a newer devenv": (in_project("paused"), "not allowed", "devenv allow"),
}


@pytest.mark.parametrize("name", STATES)
def test_it_says_where_we_are_and_what_comes_next(home: Path, name: str) -> None:
    prepare, said, command = STATES[name]
    folder = home / "here"
    folder.mkdir()
    prepare(home, folder)
    done = alone(home, folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout
    steps = [line for line in done.stdout.splitlines() if line.startswith("next ")]
    # Which shell runs the tests is not ours to say.
    assert any(each in steps[0] for each in command.split("|"))
    assert str(folder) in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_it_sees_whether_the_shell_has_the_hook(user_home: Home, shell: str) -> None:
    without = alone(user_home.path, user_home.path, shell=shell)
    assert f"not loaded in this {shell}" in without.stdout
    other = f"{shell} 12345678 1"
    inherited = alone(user_home.path, user_home.path, shell=shell, _devenv_mark=other)
    assert f"not loaded in this {shell}" in inherited.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_where_the_hook_is_loaded_nothing_is_said_of_it(
    user_home: Home, shell: str
) -> None:
    pid = "$fish_pid" if shell == "fish" else "$$"
    script = f'export _devenv_mark="{shell} 12345678 {pid}"; {LAUNCHER}; true'
    done = subprocess.run(
        [required(shell), "-c", script],
        env=user_home.env,
        cwd=user_home.path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "hook " not in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_status_says_that_the_hook_is_missing(
    project: ProjectWorld, shell: str
) -> None:
    done = subprocess.run(
        [required(shell), "-c", f"{LAUNCHER} status; true"],
        env=project.world.environment(),
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"hook        not loaded in this {shell}" in done.stdout
    assert "next        devenv allow" in done.stdout


@pytest.fixture
def user_home(home: Path) -> Home:
    (home / ".local/share/fish/generated_completions").mkdir(parents=True)
    return Home(home)


def test_after_allowing_it_says_so(project: ProjectWorld) -> None:
    assert project.run("allow", "--yes").returncode == 0
    assert "state    allowed\n" in project.run().stdout
    with project.spec_path.open("a") as spec:
        spec.write("# more\n")
    os.utime(project.spec_path)
    assert "devenv reload" in project.run().stdout


def test_a_home_that_is_missing_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "devenv.toml").write_text(SPEC)
    done = alone(tmp_path / "none", tmp_path)
    assert done.returncode == 0
    assert "devenv allow" in done.stdout


def test_a_folder_that_is_gone_is_said(home: Path) -> None:
    gone = home / "gone"
    gone.mkdir()
    script = f"cd {gone}; rmdir {gone}; exec {LAUNCHER}"
    done = subprocess.run(
        ["sh", "-c", script],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "gone" in done.stdout) == (0, True)


def test_it_knows_every_file_that_init_reads() -> None:
    assert set(FILES) == set(READERS)
