"""generations, rollback and diff, as the user types them."""

import json
import shutil
import subprocess
from pathlib import Path

import pexpect
import pytest

from tests.fixtures.archive import Package
from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.world import HELLO, HELLO_DATA, PACKAGES

LOUD = Package(
    name="hello-data",
    version="3-1",
    architecture="all",
    files={"usr/share/hello/greeting": b"HELLO\n"},
)


def greeting(project: ProjectWorld, *options: str) -> str:
    done = project.run("exec", *options, "hello")
    return done.stdout.strip() or done.stderr


def rows(project: ProjectWorld) -> list[list[str]]:
    done = project.run("generations")
    assert done.returncode == 0, done.stderr
    return [line.split() for line in done.stdout.splitlines()]


def current(project: ProjectWorld) -> int:
    listed = json.loads(project.run("generations", "--json").stdout)["generations"]
    (found,) = [row["number"] for row in listed if row["current"]]
    return int(found)


def publish_loud(project: ProjectWorld) -> None:
    project.publish(*(item for item in PACKAGES if item != HELLO_DATA), LOUD)


@pytest.fixture
def updated(project: ProjectWorld) -> ProjectWorld:
    """A project with two generations: `hello`, and `HELLO` after an update."""
    assert greeting(project) == "hello"
    publish_loud(project)
    assert project.run("update").returncode == 0
    assert greeting(project) == "HELLO"
    return project


def test_a_project_without_any_says_how_to_get_one(project: ProjectWorld) -> None:
    done = project.run("generations")
    assert (done.returncode, done.stdout) == (0, "")
    assert "devenv build" in done.stderr
    assert project.run("rollback", "--yes").returncode == 1


def test_generations_tell_what_changed(updated: ProjectWorld) -> None:
    updated.write_spec("hello", "toolbox")
    updated.run("build")
    listed = [" ".join(row) for row in rows(updated)]
    assert listed[0].startswith("1 20")
    assert listed[0].endswith("2 packages")
    assert listed[1].endswith("hello-data 2.1-1 -> 3-1")
    assert listed[2].startswith("* 3 ")
    assert listed[2].endswith("+toolbox 1.0")
    # The same environment again is the same generation.
    updated.spec_path.write_text(updated.spec_path.read_text() + "# changed\n")
    updated.run("build")
    assert [" ".join(row) for row in rows(updated)] == listed


def test_rollback_brings_the_environment_before_back(updated: ProjectWorld) -> None:
    newer = updated.lock_text
    done = updated.run("rollback", "--yes")
    assert done.returncode == 0, done.stderr
    assert "~  hello-data  3-1  ->  2.1-1" in done.stdout
    assert "generation 1 is the current one" in done.stderr
    assert greeting(updated) == "hello"
    assert current(updated) == 1
    # And forward again.
    assert updated.run("rollback", "2", "--yes").returncode == 0
    assert updated.lock_text == newer
    assert greeting(updated) == "HELLO"
    assert current(updated) == 2


def test_rollback_needs_no_network_and_no_downloads(updated: ProjectWorld) -> None:
    shutil.rmtree(updated.world.home / ".cache/devenv")
    shutil.rmtree(updated.world.server.root)
    updated.world.server.requests.clear()
    assert updated.run("rollback", "--yes").returncode == 0
    assert greeting(updated, "--offline") == "hello"
    assert updated.world.server.paths() == []


def test_rollback_asks_and_takes_no_for_an_answer(updated: ProjectWorld) -> None:
    before = updated.lock_text
    command, *arguments = updated.world.command("rollback")
    for answer, expected in (("n", before), ("y", None)):
        child = pexpect.spawn(
            command,
            arguments,
            cwd=str(updated.folder),
            env=updated.world.environment(),
            timeout=30,
            encoding="utf-8",
        )
        child.expect("go back to generation 1")
        child.sendline(answer)
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
        assert (updated.lock_text == expected) is (answer == "n")
    assert greeting(updated) == "hello"


def test_where_nobody_can_be_asked_nothing_happens(updated: ProjectWorld) -> None:
    before = updated.lock_text
    done = subprocess.run(
        updated.world.command("rollback"),
        cwd=updated.folder,
        env=updated.world.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "devenv rollback 1 --yes" in done.stderr
    assert updated.lock_text == before


def test_a_spec_that_asks_for_more_is_said_with_the_ways_on(
    updated: ProjectWorld,
) -> None:
    updated.write_spec("hello", "toolbox")
    assert greeting(updated) == "HELLO"
    done = updated.run("rollback", "1", "--yes")
    assert "packages has toolbox, which the lock has not" in done.stderr
    assert "--frozen" in done.stderr
    assert greeting(updated, "--frozen") == "hello"
    assert current(updated) == 1
    updated.write_spec("hello")
    assert greeting(updated) == "hello"


def test_a_project_with_a_broken_spec_can_go_back(updated: ProjectWorld) -> None:
    updated.spec_path.write_text("packages = [")
    done = updated.run("rollback", "--yes")
    assert done.returncode == 0, done.stderr
    assert "it is wrong" in done.stderr
    updated.write_spec("hello")
    assert greeting(updated) == "hello"


def test_a_lock_that_was_never_built_is_put_aside(updated: ProjectWorld) -> None:
    updated.publish(HELLO, Package(name="hello-data", version="9", architecture="all"))
    assert updated.run("update").returncode == 0
    unbuilt = updated.lock_text
    done = updated.run("rollback", "1", "--yes")
    assert done.returncode == 0, done.stderr
    (kept,) = (updated.world.home / ".local/state/devenv/generations").glob(
        "*/replaced.lock.toml"
    )
    assert str(kept) in done.stderr
    assert kept.read_text() == unbuilt


def test_a_lock_in_conflict_can_be_replaced(updated: ProjectWorld) -> None:
    updated.lock_path.write_text("<<<<<<< ours\n" + updated.lock_text)
    done = updated.run("rollback", "1", "--yes")
    assert done.returncode == 0, done.stderr
    assert greeting(updated) == "hello"


def test_a_generation_that_is_not_there_is_said_so(updated: ProjectWorld) -> None:
    for command in (["rollback", "0", "--yes"], ["rollback", "9" * 20], ["diff", "3"]):
        done = updated.run(*command)
        assert done.returncode == 1
        assert f"no generation {command[1]}" in done.stderr
        assert "it has 1, 2" in done.stderr


def test_a_generation_that_is_not_whole_is_not_gone_back_to(
    updated: ProjectWorld,
) -> None:
    before = updated.lock_text
    (tree,) = (updated.world.store / name for name in tree_names(updated, 1))
    tree.chmod(0o755)
    tree.rename(updated.world.home / "elsewhere")
    done = updated.run("rollback", "--yes")
    assert done.returncode == 1
    assert "generation 1 is not whole" in done.stderr
    assert updated.lock_text == before
    assert rows(updated)[0][3] == "incomplete"


def tree_names(project: ProjectWorld, number: int) -> list[str]:
    listed = json.loads(project.run("generations", "--json").stdout)["generations"]
    (found,) = [row["trees"] for row in listed if row["number"] == number]
    return list(found)


def test_a_running_program_keeps_what_it_has(updated: ProjectWorld) -> None:
    script = 'echo ready; read -r go; hello; [ -d "$1" ] && echo still there'
    tree = str(updated.world.store / tree_names(updated, 2)[0])
    with subprocess.Popen(
        updated.world.command("exec", "sh", "-c", script, "sh", tree),
        cwd=updated.folder,
        env=updated.world.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        assert updated.run("rollback", "--yes").returncode == 0
        out, _ = running.communicate("go\n", timeout=30)
    assert out.splitlines() == ["HELLO ", "still there"]


def test_diff_compares_generations(updated: ProjectWorld, tmp_path: Path) -> None:
    two = updated.run("diff", "1", "2")
    assert "~  hello-data  2.1-1  ->  3-1" in two.stdout
    assert "the same" in updated.run("diff", "2", "2").stderr
    assert updated.run("diff", "1").stdout == two.stdout
    found = json.loads(updated.run("diff", "2", "1", "--json").stdout)
    assert [row["after"] for row in found["packages"]] == ["2.1-1"]
    assert "| ~ | `hello-data` |" in updated.run("diff", "1", "--markdown").stdout
    other = tmp_path / "lock.toml"
    other.write_text(updated.lock_text)
    assert updated.run("diff", "1", str(other)).stdout == two.stdout


def test_a_project_may_be_named_and_is_told_by_its_folder(
    updated: ProjectWorld,
) -> None:
    link = updated.world.home / "link"
    link.symlink_to(updated.folder)
    done = updated.run("generations", "--project", str(link), cwd=Path("/"))
    assert len(done.stdout.splitlines()) == 2
