"""Locks of the real archive: two systems, several releases, the names people use."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from devenv.formats.lock_toml import parse_lock
from devenv.model.lock import Lock
from tests.network.installation import CommandError, Installation

pytestmark = [pytest.mark.network, pytest.mark.timeout(900)]

TWELVE = [
    "nodejs",
    "python3",
    "ripgrep",
    "jq",
    "git",
    "gcc",
    "golang-go",
    "postgresql-17",
    "redis-server",
    "curl",
    "shellcheck",
    "cmake",
]
NAMES = {
    "go@1.24": "debian:golang-go",
    "java@21": "debian:openjdk-21-jdk-headless",
    "java@17": "bookworm:openjdk-17-jdk-headless",
    "node@18": "bookworm:nodejs",
    "python@3.13": "debian:python3",
    "python@3.11": "bookworm:python3",
    "postgres@17": "debian:postgresql-17",
    "c++": "debian:g++",
    "g++@13": "debian:g++-13",
    "clang@18": "debian:clang-18",
    "ruby@3.3.8": "debian:ruby3.3",
    "llvm": "debian:llvm",
}


@pytest.fixture(autouse=True)
def configuration(home: Path) -> None:
    """Bear with mirrors whose releases in the making have expired."""
    folder = home / ".config/devenv"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("[apt]\naccept_expired_days = 60\n")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path


def ask_for(project: Path, *packages: str, more: str = "") -> None:
    listed = ", ".join(f'"{package}"' for package in packages)
    (project / "devenv.toml").write_text(f"packages = [{listed}]\n{more}")


def locked(project: Path) -> Lock:
    path = project / "devenv.lock.toml"
    return parse_lock(path.read_text(), file=str(path))


@pytest.fixture
def empty_store(installation: Installation, tmp_path: Path) -> Iterator[Installation]:
    """Yield an installation with a store and caches of its own, both empty."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    own = replace(installation, folder=folder)
    yield own
    own.run(["store", "delete", "--all"])
    shutil.rmtree(folder)


def test_twelve_packages_are_locked_for_two_systems_and_twice_the_same(
    installation: Installation, project: Path
) -> None:
    ask_for(project, *TWELVE)
    installation.run(["lock"], directory=project)
    lock = locked(project)
    assert list(lock.systems) == ["aarch64-linux", "x86_64-linux"]
    for system in lock.systems.values():
        assert list(system.requirements) == TWELVE
        assert len(system.packages) > 150
    text = (project / "devenv.lock.toml").read_bytes()
    assert b"://" not in text
    (project / "devenv.lock.toml").unlink()
    installation.run(["lock", "--offline"], directory=project)
    assert (project / "devenv.lock.toml").read_bytes() == text
    installation.run(["lock", "--check"], directory=project)


def test_a_lock_is_realised_in_an_empty_store_without_an_index(
    installation: Installation, empty_store: Installation, project: Path
) -> None:
    ask_for(project, "jq", "bookworm:hello")
    installation.run(["lock"], directory=project)
    asked = ["exec", "--", "jq", "-n", "6*7"]
    assert empty_store.run(asked, directory=project) == b"42\n"
    assert not (empty_store.folder / "cache/devenv/indexes").exists()
    hello = empty_store.run(["exec", "hello"], directory=project)
    assert hello == b"Hello, world!\n"


def test_three_releases_live_in_one_environment(
    installation: Installation, project: Path
) -> None:
    ask_for(project, "bookworm:jq", "golang-go", "sid:hello")
    installation.run(["lock"], directory=project)
    assert locked(project).systems["x86_64-linux"].inputs == (
        "bookworm",
        "debian",
        "sid",
    )
    jq = installation.run(["exec", "--", "jq", "--version"], directory=project)
    go = installation.run(["exec", "--", "go", "version"], directory=project)
    assert jq.startswith(b"jq-1.6")
    assert go.startswith(b"go version go1.24")


def test_an_update_of_one_input_leaves_the_others(
    installation: Installation, project: Path
) -> None:
    ask_for(project, "jq", "bookworm:hello")
    installation.run(["lock"], directory=project)
    before = locked(project)
    installation.run(["update", "bookworm"], directory=project)
    assert locked(project).inputs["debian"] == before.inputs["debian"]
    assert installation.run(["update", "--dry-run"], directory=project) == b""


def test_the_names_that_people_use_are_answered(
    installation: Installation, project: Path
) -> None:
    ask_for(project, *NAMES, more='systems = ["x86_64-linux"]\n')
    installation.run(["lock"], directory=project)
    requirements = locked(project).systems["x86_64-linux"].requirements
    assert {text: str(many[0]) for text, many in requirements.items()} == NAMES


def test_a_version_that_no_release_has_is_explained(
    installation: Installation, project: Path
) -> None:
    ask_for(project, "nodejs@21")
    with pytest.raises(CommandError, match="no input has nodejs@21: debian has 20"):
        installation.run(["lock"], directory=project)
