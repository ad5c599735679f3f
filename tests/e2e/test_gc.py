"""`devenv gc`, `roots`, `why PATH` and `store du`, as a user meets them."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fixtures.ad_hoc import CHECKOUT
from tests.fixtures.project_world import ProjectWorld

DAY_SECONDS = timedelta(days=1).total_seconds()


@pytest.fixture
def built(project: ProjectWorld) -> ProjectWorld:
    """A project whose environment is made, and rests for an hour by now."""
    assert project.run("exec", "hello").stdout == "hello \n"
    return project


def state(project: ProjectWorld) -> Path:
    return project.world.home / ".local/state/devenv"


def age(place: Path, days: float) -> None:
    then = time.time() - days * DAY_SECONDS
    for path in (place, *place.rglob("*")):
        os.utime(path, (then, then), follow_symlinks=False)


def gc(project: ProjectWorld, *words: str) -> dict[str, object]:
    done = project.run("gc", *words, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def rows(found: dict[str, object], key: str) -> list[dict[str, object]]:
    value = found[key]
    assert isinstance(value, list)
    return value


def disk_bytes(store: Path) -> int:
    """What all store paths and their records take, as du(1) counts."""
    words = ["du", "-B1", "-s", "--exclude=.database", "."]
    done = subprocess.run(words, cwd=store, capture_output=True, text=True, check=True)
    return int(done.stdout.split()[0])


def test_a_project_keeps_what_it_needs(built: ProjectWorld) -> None:
    before = built.world.store_paths
    assert before
    assert gc(built, "--now")["path_count"] == 0
    assert built.world.store_paths == before


def test_what_nobody_needs_goes_and_is_foretold(built: ProjectWorld) -> None:
    built.write_spec("toolbox")
    assert built.run("exec", "saw").stdout == "rasp\n"
    before = built.world.store_paths
    on_disk = disk_bytes(built.world.store)

    plan = gc(built, "--dry-run", "--now", "--keep", "1")

    assert built.world.store_paths == before
    doomed = {str(row["path"]) for row in rows(plan, "paths")}
    assert any("-hello-" in name for name in doomed)
    done = gc(built, "--now", "--keep", "1")
    assert set(built.world.store_paths) == set(before) - doomed
    assert done["path_count"] == len(doomed)
    freed = done["freed_bytes"]
    assert isinstance(freed, int)
    assert freed == pytest.approx(plan["freed_bytes"], rel=0.02)
    assert freed == pytest.approx(on_disk - disk_bytes(built.world.store), rel=0.02)
    assert built.run("exec", "saw", env={"PATH": ""}).stdout == "rasp\n"
    assert built.run("store", "verify").returncode == 0


def test_what_was_just_made_is_not_taken_without_now(built: ProjectWorld) -> None:
    shutil.rmtree(state(built) / "roots")
    assert gc(built)["path_count"] == 0
    assert gc(built, "--now")["path_count"] != 0


def test_each_kept_path_is_shown_with_its_reason(built: ProjectWorld) -> None:
    done = built.run("gc", "--dry-run", "-v", "--now")
    lines = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    kept = [rest for word, rest in lines if word == "keep"]
    assert len(kept) == len(built.world.store_paths)
    assert all(f"project {built.folder}" in text for text in kept)


@pytest.mark.parametrize("words", [[], ["--json"], ["--now"], ["--now", "--json"]])
def test_the_quick_way_says_what_the_long_way_says(
    built: ProjectWorld, words: list[str]
) -> None:
    built.write_spec("toolbox")
    built.run("build")
    next((state(built) / "roots").glob("project-*-1.json")).unlink()
    old = built.world.home / ".cache/devenv/downloads/old"
    old.write_bytes(b"x" * 10_000)
    age(old, 31)
    # What the quick way does not know goes the long way.
    long = built.run("gc", "--dry-run", *words, "--no-color")
    found = built.run("gc", "--dry-run", *words)
    assert (found.stdout, found.stderr) == (long.stdout, long.stderr)
    assert "downloads" in found.stdout
    assert ("-hello-" in found.stdout) == ("--now" in words)
    env = {**built.world.environment(), "PYTHONPATH": str(CHECKOUT)}
    program = (
        "import sys; from devenv.cli.quick import run_quickly as run;"
        "sys.exit(run(sys.argv[1:]))"
    )
    quick = subprocess.run(
        [sys.executable, "-c", program, "gc", "--dry-run", *words],
        cwd=built.folder,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (quick.stdout, quick.stderr) == (long.stdout, long.stderr)


def test_an_ad_hoc_environment_goes_two_weeks_after_its_last_launch(
    built: ProjectWorld,
) -> None:
    world = built.world
    world.configure()
    world.run("run", "-p", "toolbox", "--", "saw")
    record = state(built) / "ad-hoc/with,toolbox"
    age(state(built) / "roots", 15)
    age(record, 15)
    # The launcher's stamp: it runs no Python.
    os.utime(record / "used", (time.time(), time.time()))
    assert rows(gc(built, "--now"), "roots") == []

    age(state(built) / "roots", 15)
    age(record, 15)
    found = gc(built, "--now")
    assert [row["reason"] for row in rows(found, "roots")] == ["not used for 15 days"]
    assert not record.exists()
    assert not any("toolbox" in name for name in world.store_paths)


def test_old_generations_go_when_asked_and_the_newest_stays(
    built: ProjectWorld,
) -> None:
    for package in ("toolbox", "hello-data"):
        built.write_spec(package)
        assert built.run("build").returncode == 0
    age(state(built) / "roots", 40)
    assert rows(gc(built), "roots") == []
    dropped = rows(
        gc(built, "--older-than", "30d", "--keep", "2", "--dry-run"), "roots"
    )
    assert len(dropped) == 1
    dropped = rows(gc(built, "--older-than", "30d"), "roots")
    assert len(dropped) == 2
    left = json.loads(built.run("roots", "--json").stdout)["roots"]
    assert [(root["generation"], root["is_current"]) for root in left] == [(3, True)]


def test_a_project_that_is_gone_is_reported_and_goes_after_a_month(
    built: ProjectWorld,
) -> None:
    moved = built.folder.rename(built.world.home / "elsewhere")
    run = built.world.run
    home = built.world.home
    assert "gone since" in run("roots", cwd=home).stdout
    assert json.loads(run("gc", "--json", cwd=home).stdout)["roots"] == []
    for mark in (state(built) / "roots").glob("*.gone"):
        age(mark, 29)
    assert json.loads(run("gc", "--json", cwd=home).stdout)["roots"] == []

    # Back in time: the marks are gone, and so is the count.
    moved.rename(built.folder)
    run("gc", cwd=home)
    assert not list((state(built) / "roots").glob("*.gone"))
    built.folder.rename(moved)
    run("roots", cwd=home)

    for mark in (state(built) / "roots").glob("*.gone"):
        age(mark, 31)
    dropped = json.loads(run("gc", "--now", "--json", cwd=home).stdout)["roots"]
    assert [root["reason"] for root in dropped] == ["its project is gone"]
    assert built.world.store_paths == []


def test_a_link_keeps_its_tree_as_long_as_it_points_to_it(built: ProjectWorld) -> None:
    built.run("build", "-o", "result")
    link = built.folder / "result"
    generation = next((state(built) / "roots").glob("project-*-1.json"))
    generation.unlink()
    assert gc(built, "--now")["path_count"] == 0
    link.unlink()
    link.symlink_to("/nowhere")
    assert [str(row["reason"]) for row in rows(gc(built, "--now"), "roots")] == [
        "its link points elsewhere or is gone"
    ]
    assert built.world.store_paths == []


def test_a_shell_that_is_left_open_keeps_its_environment(built: ProjectWorld) -> None:
    with subprocess.Popen(
        built.world.command("exec", "sh", "-c", "echo up; read -r line; hello"),
        cwd=built.folder,
        env=built.world.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as shell:
        assert shell.stdout is not None
        assert shell.stdout.readline() == "up\n"
        shutil.rmtree(state(built) / "roots")
        gc(built, "--now")
        running = json.loads(built.run("roots", "--json").stdout)["running"]
        assert [(row["pid"], row["label"]) for row in running] == [(shell.pid, "sh")]
        said, _ = shell.communicate("\n")
        assert said == "hello \n"
    gc(built, "--now")
    assert built.world.store_paths == []


def test_why_tells_who_keeps_a_store_path_and_how(built: ProjectWorld) -> None:
    built.run("build", "-o", "result")
    (data,) = (name for name in built.world.store_paths if "-hello-data-" in name)
    for text in (data, str(built.world.store / data / "usr"), "./result"):
        done = built.run("why", text)
        assert f"project {built.folder}" in done.stdout
        assert f"link {built.folder}/result" in done.stdout
    found = json.loads(built.run("why", data, "--json").stdout)
    assert {row["way"][-1] for row in found["kept_by"]} == {data}
    assert built.run("why", "/usr/bin").returncode == 1


def test_why_of_garbage_says_so(built: ProjectWorld) -> None:
    shutil.rmtree(state(built) / "roots")
    age_rows(built)
    (data,) = (name for name in built.world.store_paths if "-hello-data-" in name)
    done = built.run("why", data)
    assert (done.returncode, done.stdout) == (0, "")
    assert "nothing keeps it" in done.stderr


def age_rows(project: ProjectWorld) -> None:
    """Make every path look as if it had been made long ago."""
    (database,) = (project.world.store / ".database").glob("store.*.sqlite")
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE path SET made_at = made_at - 100000")
    connection.close()


def test_du_counts_each_inode_once_and_agrees_with_du(built: ProjectWorld) -> None:
    built.write_spec("toolbox")
    built.run("build")
    found = json.loads(built.run("store", "du", "--json").stdout)
    words = ["du", "-B1", "-s", "-c", *built.world.store_paths]
    done = subprocess.run(
        words, cwd=built.world.store, capture_output=True, text=True, check=True
    )
    assert found["store_bytes"] == int(done.stdout.splitlines()[-1].split()[0])
    (project,) = found["keepers"]
    assert project["name"] == str(built.folder)
    assert project["bytes"] == found["store_bytes"]
    assert found["unused_bytes"] == 0
    names = [package["name"] for package in found["packages"]]
    assert names == sorted(names)
    assert {"hello-2.1-1", "toolbox-1.0", "trees"} <= set(names)
    assert sum(package["own_bytes"] for package in found["packages"]) > 0


def test_old_downloads_and_orphaned_files_of_the_state_go_too(
    built: ProjectWorld,
) -> None:
    cache = built.world.home / ".cache/devenv"
    old = cache / "downloads/ab/old"
    old.parent.mkdir()
    old.write_bytes(b"x" * 10_000)
    log = state(built) / "logs/build.log"
    orphan = state(built) / f"shells/{'0' * 32}"
    young = state(built) / f"shells/{'1' * 32}"
    for path in (log, orphan / "start.bash", young / "start.bash"):
        path.parent.mkdir(parents=True)
        path.write_text("text")
    age(old, 31)
    age(log, 31)
    age(orphan, 2)
    needed = set((state(built) / "shells").iterdir()) - {orphan}
    age(state(built) / "shells", 2)
    age(young, 0)

    found = gc(built)

    kinds = {row["kind"]: row["files"] for row in rows(found, "leftovers")}
    assert kinds == {"downloads": 1, "logs": 1, "start files": 1}
    assert not any(path.exists() for path in (old, log, orphan))
    assert set((state(built) / "shells").iterdir()) == needed


def test_the_record_of_a_project_whose_tree_is_gone_goes(built: ProjectWorld) -> None:
    assert list((state(built) / "exec").rglob("record"))
    age(state(built) / "exec", 2)
    assert rows(gc(built), "leftovers") == []
    shutil.rmtree(state(built) / "roots")
    gc(built, "--now")
    assert {row["kind"] for row in rows(gc(built), "leftovers")} == {"project records"}
    assert list((state(built) / "exec").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--older-than", "soon"], "'soon' is no age"),
        (["--max", "much"], "'much' is no size"),
        (["--keep", "0"], "x>=1"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(
    project: ProjectWorld, words: list[str], message: str
) -> None:
    done = project.run("gc", *words)
    assert done.returncode == 2
    assert message in done.stderr
