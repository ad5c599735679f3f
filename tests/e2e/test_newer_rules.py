"""A devenv whose rules are newer goes on with what an older one made."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.ad_hoc import CHECKOUT
from tests.fixtures.project_world import ProjectWorld


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the main module of a devenv whose every rule has the next number."""
    folder = tmp_path_factory.mktemp("newer")
    for name in ("devenv", "shell-hooks"):
        shutil.copytree(
            CHECKOUT / name,
            folder / name,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    files = ("build/current_rules.py", "build/unpack_rules.py", "plan/relocate.py")
    for file in files:
        path = folder / "devenv" / file
        text, count = re.subn(
            r"(?m)^([A-Z]+_RULES) = (\d+)$",
            lambda found: f"{found[1]} = {int(found[2]) + 1}",
            path.read_text(),
        )
        assert count, file
        path.write_text(text)
    return folder / "devenv" / "__main__.py"


def run(project: ProjectWorld, main: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", main, *words],
        cwd=project.folder,
        env=project.world.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def tree(project: ProjectWorld, main: Path | None = None) -> str:
    text = (
        project.run("build", "--json").stdout
        if main is None
        else run(project, main, "build", "--json")
    )
    return str(json.loads(text)["trees"][0]["path"])


def test_a_tree_of_older_rules_is_used_as_it_is(
    project: ProjectWorld, newer: Path
) -> None:
    before = tree(project)
    paths, lock = project.world.store_paths, project.lock_text
    assert tree(project, newer) == before
    assert project.world.store_paths == paths
    assert project.lock_text == lock
    assert run(project, newer, "exec", "hello", "x") == "hello x\n"


def test_an_update_moves_to_the_newer_rules(project: ProjectWorld, newer: Path) -> None:
    before = tree(project)
    was = project.lock.rules
    run(project, newer, "update", "--quiet")
    assert project.lock.rules > was
    after = tree(project, newer)
    assert after != before
    assert Path(before).exists()
    assert run(project, newer, "exec", "hello", "x") == "hello x\n"


def test_what_is_not_there_is_made_by_the_newer_rules(
    project: ProjectWorld, newer: Path
) -> None:
    before = tree(project)
    lock = project.lock_text
    project.run("store", "delete", "--all", "--force")
    assert tree(project, newer) != before
    assert project.lock_text == lock


def test_an_older_devenv_uses_the_lock_of_a_newer_ones_rules(
    project: ProjectWorld, newer: Path
) -> None:
    run(project, newer, "build")
    lock = project.lock_text
    assert project.run("exec", "hello", "x").stdout == "hello x\n"
    assert project.lock_text == lock
