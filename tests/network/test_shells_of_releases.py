"""The hook in the shells of each Debian release, old ones and those to come.

The shells are devenv's own; they run the whole table of scenarios that this machine's
shells run. A shell that is too old for the hook says so, and works.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.network.installation import Installation
from tests.shells.terminal import Terminal

pytestmark = [pytest.mark.network, pytest.mark.timeout(1800)]

CHECKOUT = Path(__file__).parents[2]
SCENARIOS = (
    "tests/shells/test_hook_scenarios.py",
    "tests/shells/test_hook_comes_again.py",
)
SHELLS = {
    "bullseye:bash": "5.1.",
    "bullseye:zsh": "5.8",
    "bookworm:bash": "5.2.",
    "bookworm:zsh": "5.9",
    "bookworm:fish": "3.6.",
    "trixie:bash": "5.2.",
    "trixie:zsh": "5.9",
    "trixie:fish": "4.",
    "sid:bash": "5.3.",
    "sid:zsh": "5.9",
    "sid:fish": "4.",
}


@pytest.fixture(autouse=True)
def configuration(home: Path) -> None:
    """Bear with mirrors whose releases in the making have expired."""
    folder = home / ".config/devenv"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("[apt]\naccept_expired_days = 60\n")


def realised(installation: Installation, package: str) -> Path:
    """Return the shell of a release, in a tree."""
    name = package.partition(":")[2]
    find = ("run", "-p", package, "--", "/bin/sh", "-c", f"command -v {name}")
    return Path(installation.run(find).decode().strip())


@pytest.mark.parametrize(("package", "version"), SHELLS.items(), ids=SHELLS)
def test_every_scenario_of_the_hook(
    installation: Installation, package: str, version: str
) -> None:
    program = realised(installation, package)
    told = subprocess.run([program, "--version"], capture_output=True, check=True)
    assert version in told.stdout.decode()
    path = f"{program.parent}:{os.environ['PATH']}"
    command = (
        sys.executable,
        "-m",
        "pytest",
        "-n0",
        "-q",
        *SCENARIOS,
        "-k",
        program.name,
    )

    done = subprocess.run(
        command,
        env={**os.environ, "PATH": path, "PYTEST_ADDOPTS": ""},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-6000:]
    assert " passed" in done.stdout


def test_a_fish_that_is_too_old_says_so_and_works(
    installation: Installation, tmp_path: Path
) -> None:
    program = realised(installation, "bullseye:fish")
    hook = tmp_path / "hook.fish"
    hook.write_bytes(installation.run(("hook", "fish")))
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "TERM": "dumb"}
    (tmp_path / ".local/share/fish/generated_completions").mkdir(parents=True)

    argv = (str(program), "--init-command", f"cat {hook} | source", "-i")
    with Terminal(argv, env, tmp_path) as terminal:
        assert terminal.ask("echo $version").strip() == "3.1.2"
        assert terminal.said_before.count("too old for the hook, which needs 3.4") == 1
        assert terminal.ask("cd /; pwd").strip() == "/"
        assert terminal.said_before.count("devenv") == 0
