"""Installed in each usual way, the command finds its own Python.

The tools and what is needed to build come from a package index.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from devenv import __version__
from tests.fixtures.ad_hoc import CHECKOUT, Home

pytestmark = [pytest.mark.network, pytest.mark.timeout(900)]


def call(*words: str | Path, env: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(word) for word in words],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with pip, uv, pipx and a builder."""
    folder = tmp_path_factory.mktemp("tools")
    call(sys.executable, "-m", "venv", folder)
    call(folder / "bin/pip", "install", "-q", "uv", "pipx", "build", "hatchling")
    return folder / "bin"


@pytest.fixture(scope="session")
def wheel(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    call(tools / "python", "-m", "build", "-w", "-n", "-o", folder, CHECKOUT)
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_has_the_man_pages(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    pages = {name.rpartition("/")[2] for name in names if "/data/share/man/" in name}
    assert pages == {path.name for path in (CHECKOUT / "docs/man").glob("*/*")}


@pytest.fixture
def user(tmp_path: Path) -> Home:
    user = Home(tmp_path / "a home")
    user.path.mkdir()
    return user


def env_of(user: Home) -> dict[str, str]:
    kept = ("PATH", "PIP_INDEX_URL", "PIP_TRUSTED_HOST", "UV_INDEX_URL")
    more = {
        name: value
        for name, value in os.environ.items()
        if name in kept or name.lower().endswith("_proxy") or name.startswith("SSL_")
    }
    # pipx and uv keep their own folders where these say.
    return more | {"HOME": str(user.path), "PYTHONPATH": "/hostile"}


def check_works(command: Path, user: Home) -> None:
    """Both ways: through Python, and from a record."""
    env = {"HOME": str(user.path), "PATH": "/usr/bin:/bin", "LANG": "C"}
    assert call(command, "version", env=env) == f"devenv {__version__}\n"
    assert "shell" in call(command, "--help", env=env)
    user.remember_program("show", user.add_program("show"))
    assert call(command, "run", "show", "x", env=env) == "show:x\n"


def test_pip_into_a_virtual_environment(
    wheel: Path, user: Home, tmp_path: Path
) -> None:
    venv = tmp_path / "a venv"
    call(sys.executable, "-m", "venv", venv)
    call(venv / "bin/python", "-m", "pip", "install", "-q", wheel)
    check_works(venv / "bin/devenv", user)
    assert (venv / "bin/devenv").read_text().startswith("#!/bin/sh\n")
    link = tmp_path / "link"
    link.symlink_to(venv / "bin/devenv")
    check_works(link, user)


def test_the_wheel_brings_its_shell_files(wheel: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    call(sys.executable, "-m", "venv", venv)
    call(venv / "bin/python", "-m", "pip", "install", "-q", "--no-deps", wheel)
    code = (
        "from devenv.operations.start_files import read_shell_hook\n"
        "print(end=read_shell_hook('shell.bash'))"
    )
    shown = call(venv / "bin/python", "-I", "-c", code)
    assert shown == (CHECKOUT / "shell-hooks/shell.bash").read_text()


def test_editable(user: Home, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    call(sys.executable, "-m", "venv", venv)
    call(venv / "bin/python", "-m", "pip", "install", "-q", "-e", CHECKOUT)
    check_works(venv / "bin/devenv", user)


def test_uv_tool(tools: Path, wheel: Path, user: Home) -> None:
    env = env_of(user)
    call(tools / "uv", "tool", "install", "-q", "-p", sys.executable, wheel, env=env)
    check_works(user.path / ".local/bin/devenv", user)


def test_pipx(tools: Path, wheel: Path, user: Home) -> None:
    env = env_of(user)
    python = Path(sys.executable).resolve()
    call(tools / "pipx", "install", "--python", python, wheel, env=env)
    check_works(user.path / ".local/bin/devenv", user)


def test_pip_for_one_user(wheel: Path, user: Home) -> None:
    python = Path(sys.executable).resolve()
    words = ("-m", "pip", "install", "-q", "--user", "--break-system-packages", wheel)
    call(python, *words, env={**env_of(user), "PYTHONPATH": ""})
    # The launcher looks for this Python in the usual places and on PATH.
    env = {"HOME": str(user.path), "PATH": f"{python.parent}:/usr/bin:/bin"}
    command = user.path / ".local/bin/devenv"
    assert call(command, "version", env=env) == f"devenv {__version__}\n"


def test_pip_for_the_whole_machine(wheel: Path, user: Home, tmp_path: Path) -> None:
    """Into a prefix that has its own Python beside, but is no virtual environment."""
    prefix = tmp_path / "prefix"
    python = Path(sys.executable).resolve()
    words = ("-m", "pip", "install", "-q", "--ignore-installed", "--prefix", prefix)
    call(python, *words, wheel, env={**env_of(user), "PYTHONPATH": ""})
    (main,) = prefix.glob("**/devenv/__main__.py")
    name = main.parent.parent.parent.name
    (command,) = prefix.glob("**/bin/devenv")
    shutil.copy(command, command.with_name("copy"))
    (command.parent / name).symlink_to(python)
    check_works(command, user)


def test_from_the_sources(user: Home, tmp_path: Path) -> None:
    checkout = tmp_path / "a checkout"
    ignored = shutil.ignore_patterns(".*", "__pycache__")
    shutil.copytree(CHECKOUT / "devenv", checkout / "devenv", ignore=ignored)
    shutil.copytree(CHECKOUT / "shell-hooks", checkout / "shell-hooks")
    venv = checkout / ".venv"
    call(sys.executable, "-m", "venv", venv)
    call(venv / "bin/python", "-m", "pip", "install", "-q", "-e", CHECKOUT)
    call(venv / "bin/python", "-m", "pip", "uninstall", "-q", "-y", "devenv-shell")
    check_works(checkout / "shell-hooks/devenv", user)
