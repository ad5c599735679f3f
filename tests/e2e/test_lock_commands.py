"""lock, update, outdated, diff, add and remove, as the user types them."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.fixtures.project_world import ProjectWorld, for_both
from tests.shells.terminal import required

TOOL = [*for_both("lib", Section="libs"), *for_both("tool", depends="lib")]
NEWER = [
    *for_both("lib", "2.0-1", Section="libs"),
    *for_both("tool", "1.5-1", depends="lib"),
]


@pytest.fixture
def locked(project: ProjectWorld) -> ProjectWorld:
    """Return a project with `tool` locked, of which there is a newer version."""
    project.publish(*TOOL)
    project.write_spec("tool")
    assert project.run("lock").returncode == 0
    project.publish(*NEWER)
    return project


def test_lock_writes_a_lock_and_shows_what_is_in_it(project: ProjectWorld) -> None:
    done = project.run("lock")
    assert done.returncode == 0, done.stderr
    assert set(project.lock.systems) == {"aarch64-linux", "x86_64-linux"}
    lines = done.stdout.splitlines()
    assert any(line.split()[:3] == ["+", "hello", "2.1-1"] for line in lines)
    assert lines[-1].startswith("2 added; ")
    assert "up to date" in project.run("lock").stderr


def test_lock_check_tells_by_its_status(project: ProjectWorld) -> None:
    missing = project.run("lock", "--check")
    assert missing.returncode == 1
    assert "no lock" in missing.stderr
    project.run("lock")
    assert project.run("lock", "--check").returncode == 0
    before = project.lock_text
    project.write_spec("hello", "toolbox")
    stale = project.run("lock", "--check")
    assert stale.returncode == 1
    assert "packages has toolbox, which the lock has not" in stale.stderr
    assert "devenv lock" in stale.stderr
    assert project.lock_text == before


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("lock", "--offline"), id="lock"),
        pytest.param(("update", "--offline"), id="update"),
        pytest.param(("outdated", "--offline"), id="outdated"),
        pytest.param(("lock", "--check"), id="check"),
    ],
)
def test_offline_no_socket_is_opened(
    locked: ProjectWorld, words: tuple[str, ...]
) -> None:
    if "--check" not in words:
        locked.write_spec("lib", "tool")
    strace = (
        required("strace"),
        "-f",
        "-qq",
        "-o",
        "/dev/stdout",
        "-e",
        "trace=socket,connect",
    )
    done = subprocess.run(
        [*strace, *locked.world.command(*words, "--quiet")],
        cwd=locked.folder,
        env=locked.world.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "socket(" not in done.stdout
    assert "connect(" not in done.stdout


def test_a_lock_of_a_newer_devenv_is_refused(locked: ProjectWorld) -> None:
    text = locked.lock_text.replace("version = 1\n", "version = 2\n", 1)
    locked.lock_path.write_text(text)
    done = locked.run("lock")
    assert done.returncode == 1
    assert "newer devenv" in done.stderr
    assert "upgrade devenv" in done.stderr
    assert locked.lock_text == text


def test_update_takes_the_newest_and_shows_it(locked: ProjectWorld) -> None:
    done = locked.run("update")
    assert done.returncode == 0, done.stderr
    assert "~  lib   1.0-1  ->  2.0-1" in done.stdout
    assert "own of own: " in done.stdout
    assert {row.version for row in locked.lock.systems["x86_64-linux"].packages} == {
        "2.0-1",
        "1.5-1",
    }
    assert "the newest already" in locked.run("update").stderr


def test_update_of_one_package_moves_it_alone(locked: ProjectWorld) -> None:
    done = locked.run("update", "tool")
    assert done.returncode == 0, done.stderr
    rows = locked.lock.systems["x86_64-linux"].packages
    assert {row.name: row.version for row in rows} == {"lib": "1.0-1", "tool": "1.5-1"}


def test_a_dry_run_writes_nothing(locked: ProjectWorld) -> None:
    before = locked.lock_text
    done = locked.run("update", "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    changes = {row["name"]: row for row in json.loads(done.stdout)["packages"]}
    assert changes["tool"]["before"] == "1.0-1"
    assert changes["tool"]["after"] == "1.5-1"
    assert changes["tool"]["systems"] == ["aarch64-linux", "x86_64-linux"]
    assert locked.lock_text == before


def test_update_of_an_unknown_name_names_the_nearest(locked: ProjectWorld) -> None:
    done = locked.run("update", "tol")
    assert done.returncode == 2
    assert "did you mean tool?" in done.stderr


def test_outdated_tells_and_writes_nothing(locked: ProjectWorld) -> None:
    before = locked.lock_text
    done = locked.run("outdated", "--refresh", "--json")
    assert done.returncode == 0, done.stderr
    rows = {row["name"]: row for row in json.loads(done.stdout)["packages"]}
    assert rows["tool"] == {
        "input": "own",
        "locked": "1.0-1",
        "name": "tool",
        "newest": "1.5-1",
        "requested": True,
        "systems": ["aarch64-linux", "x86_64-linux"],
        "updated": "1.5-1",
    }
    table = locked.run("outdated").stdout.splitlines()
    assert table[0].split() == ["package", "input", "locked", "update", "newest"]
    assert locked.lock_text == before


def test_outdated_shows_what_a_requirement_holds_back(project: ProjectWorld) -> None:
    project.publish(*for_both("tool", "1.0-1"))
    project.write_spec("tool@1.0")
    project.run("lock")
    project.publish(*for_both("tool", "1.0-1"), *for_both("tool", "2.0-1"))
    done = project.run("outdated", "--refresh")
    assert done.stdout.splitlines()[1].split() == [
        "tool",
        "own",
        "1.0-1",
        "1.0-1",
        "2.0-1",
    ]


def test_add_writes_spec_and_lock(locked: ProjectWorld) -> None:
    locked.publish(*NEWER, *for_both("extra"))
    done = locked.run("add", "extra", "--refresh")
    assert done.returncode == 0, done.stderr
    assert '"extra",' in locked.spec_path.read_text()
    rows = locked.lock.systems["x86_64-linux"].packages
    assert {row.name: row.version for row in rows} == {
        "extra": "1.0-1",
        "lib": "1.0-1",
        "tool": "1.0-1",
    }
    assert "+  extra" in done.stdout
    again = locked.run("add", "extra")
    assert again.returncode == 0
    assert "says so already" in again.stderr


def test_add_that_cannot_resolve_changes_nothing(locked: ProjectWorld) -> None:
    spec, lock = locked.spec_path.read_text(), locked.lock_text
    done = locked.run("add", "tools")
    assert done.returncode == 1
    assert "there is no package 'tools'" in done.stderr
    assert "did you mean tool?" in done.stderr
    assert (locked.spec_path.read_text(), locked.lock_text) == (spec, lock)


def test_add_keeps_comments_and_the_rights_of_the_file(locked: ProjectWorld) -> None:
    locked.spec_path.write_text("# mine\n" + locked.spec_path.read_text())
    locked.spec_path.chmod(0o640)
    assert locked.run("add", "lib").returncode == 0
    assert locked.spec_path.read_text().startswith("# mine\n")
    assert locked.spec_path.stat().st_mode & 0o777 == 0o640


def test_remove_takes_it_out_of_both(locked: ProjectWorld) -> None:
    locked.run("add", "lib")
    done = locked.run("remove", "tool")
    assert done.returncode == 0, done.stderr
    assert '"tool"' not in locked.spec_path.read_text()
    rows = locked.lock.systems["x86_64-linux"].packages
    assert [row.name for row in rows] == ["lib"]
    assert "-  tool" in done.stdout


def test_remove_of_what_is_not_there_names_the_nearest(locked: ProjectWorld) -> None:
    done = locked.run("remove", "tol")
    assert done.returncode == 2
    assert "did you mean tool?" in done.stderr


def test_remove_names_the_file_that_asks_for_it(locked: ProjectWorld) -> None:
    (locked.folder / "devenv.local.toml").write_text('packages = ["lib"]\n')
    done = locked.run("remove", "lib")
    assert done.returncode == 2
    assert "devenv.local.toml:1" in done.stderr


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(
        ["git", "-C", folder, *identity, *arguments], check=True, capture_output=True
    )


def test_diff_shows_what_changed_since_the_last_commit(locked: ProjectWorld) -> None:
    git(locked.folder, "init", "-q")
    git(locked.folder, "add", "devenv.lock.toml")
    git(locked.folder, "commit", "-q", "-m", "lock")
    assert "the same" in locked.run("diff").stderr
    locked.run("update")
    done = locked.run("diff")
    assert "~  lib   1.0-1  ->  2.0-1" in done.stdout
    markdown = locked.run("diff", "--markdown", "HEAD").stdout
    assert "| ~ | `lib` | 1.0-1 | 2.0-1 |" in markdown


def test_diff_compares_two_files(locked: ProjectWorld) -> None:
    old = locked.folder / "old.toml"
    old.write_text(locked.lock_text)
    locked.run("update")
    done = locked.run("diff", "old.toml", "devenv.lock.toml", "--json")
    found = json.loads(done.stdout)
    assert [row["name"] for row in found["packages"]] == ["lib", "tool"]
    backwards = json.loads(
        locked.run("diff", "devenv.lock.toml", "old.toml", "--json").stdout
    )
    assert backwards["packages"][0]["after"] == "1.0-1"


def test_diff_of_what_is_no_lock_says_so(locked: ProjectWorld) -> None:
    done = locked.run("diff", "--output=x")
    assert done.returncode == 2
    done = locked.run("diff", "no-such-branch")
    assert done.returncode == 1
    assert "neither a lock nor a git revision" in done.stderr


def test_update_takes_the_name_that_was_asked_for(project: ProjectWorld) -> None:
    project.publish(*for_both("nodejs", "20.1-1"), *for_both("other-tool"))
    project.write_spec("node@20", "other-tool")
    project.run("lock")
    project.publish(*for_both("nodejs", "20.2-1"), *for_both("other-tool", "2"))
    assert project.run("update", "node").returncode == 0
    rows = project.lock.systems["x86_64-linux"].packages
    assert {row.name: row.version for row in rows} == {
        "nodejs": "20.2-1",
        "other-tool": "1.0-1",
    }


def test_diff_where_nothing_was_committed_says_so(locked: ProjectWorld) -> None:
    done = locked.run("diff", env={"GIT_CEILING_DIRECTORIES": "/"})
    assert done.returncode == 1
    assert "no lock was committed here" in done.stderr


def test_a_lock_that_is_a_link_stays_one(locked: ProjectWorld) -> None:
    real = locked.folder / "real.toml"
    locked.lock_path.rename(real)
    locked.lock_path.symlink_to(real.name)
    assert locked.run("update").returncode == 0
    assert locked.lock_path.is_symlink()
    assert "2.0-1" in real.read_text()


@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
def test_a_merge_of_two_branches_is_solved_by_lock(
    project: ProjectWorld, style: str
) -> None:
    folder = project.folder
    project.publish(*TOOL, *for_both("ours"), *for_both("theirs"))
    project.write_spec("tool")
    project.run("lock")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "merge.conflictStyle", style)
    for branch, package in (("main", "ours"), ("topic", "theirs")):
        if branch == "topic":
            git(folder, "checkout", "-q", "-b", branch, "HEAD~1")
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", "base", "--allow-empty")
        assert project.run("add", package).returncode == 0
        git(folder, "commit", "-q", "-a", "-m", package)
    with pytest.raises(subprocess.CalledProcessError):
        git(folder, "merge", "main")
    project.write_spec("tool", "ours", "theirs")
    assert "<<<<<<<" in project.lock_text
    refused = project.run("lock", "--check")
    assert refused.returncode == 1
    assert "merge conflict" in refused.stderr
    done = project.run("lock")
    assert done.returncode == 0, done.stderr
    rows = project.lock.systems["x86_64-linux"].packages
    assert [row.name for row in rows] == ["lib", "ours", "theirs", "tool"]
    assert project.run("lock", "--check").returncode == 0


def test_update_of_a_name_needs_a_lock(project: ProjectWorld) -> None:
    done = project.run("update", "hello")
    assert done.returncode == 1
    assert "the project has no lock" in done.stderr
    assert project.run("update").returncode == 0
    assert project.lock.inputs


def test_a_project_that_asks_for_nothing_has_a_lock(locked: ProjectWorld) -> None:
    assert locked.run("remove", "tool").returncode == 0
    assert locked.lock.inputs == {}
    assert locked.run("lock", "--check").returncode == 0
