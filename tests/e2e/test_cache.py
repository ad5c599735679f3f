"""A team's cache: pushed by one, used by another whose mirror is gone."""

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fixtures.archive import SignedArchive
from tests.fixtures.http_server import FileServer, refused_address, serving, status
from tests.fixtures.project_world import ProjectWorld, for_both, make_project_world
from tests.fixtures.world import World


@dataclass(frozen=True, slots=True)
class Team:
    """Someone who built a project and pushed it; `mirror` stays up only for them."""

    first: ProjectWorld
    cache: Path


@pytest.fixture
def team(home: Path, tmp_path: Path) -> Team:
    """Return a cache that was pushed to, after the mirror was switched off."""
    (tmp_path / "mirror").mkdir()
    with serving(tmp_path / "mirror") as server:
        archive = SignedArchive(server.root)
        project = make_project_world(home, server, archive)
        done = project.run("cache", "push", str(tmp_path / "cache"))
        assert done.returncode == 0, done.stderr
        assert "2 archives in" in done.stderr
        assert ": 2 copied" in done.stderr
        assert done.stdout == ""
    return Team(first=project, cache=tmp_path / "cache")


@pytest.fixture
def second(team: Team, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return another user, with the project and nothing else."""
    home = tmp_path_factory.mktemp("second")
    shutil.copytree(team.first.folder, home / "project")
    (home / ".config/devenv").mkdir(parents=True)
    world = team.first.world
    return World(home=home, server=world.server, archive=world.archive)


def use(second: World, *places: object) -> None:
    listed = ", ".join(f'"{place}"' for place in places)
    config = second.home / ".config/devenv/config.toml"
    config.write_text(f"[cache]\nfrom = [{listed}]\n")


def hello(
    second: World, *options: str, **env: str
) -> "subprocess.CompletedProcess[str]":
    return second.run("exec", *options, "hello", cwd=second.home / "project", env=env)


def kept_files(cache: Path) -> list[Path]:
    return sorted(path for path in cache.rglob("*") if path.is_file())


@contextmanager
def served(world: World, *words: str) -> Iterator[str]:
    """Yield the address of `devenv cache serve`, which ends by ^C, and cleanly."""
    process = subprocess.Popen(
        world.command("cache", "serve", "--listen", "127.0.0.1:0", *words),
        env=world.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    try:
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        rest, talk = process.communicate(timeout=30)
    assert (process.returncode, rest) == (0, ""), talk
    assert f'[cache] from = ["{address}"]' in talk
    assert talk.endswith("ended\n")
    assert "Traceback" not in talk


def test_a_folder_of_hashes_is_all_that_another_user_needs(
    team: Team, second: World
) -> None:
    names = {path.name for path in kept_files(team.cache)}
    locked = team.first.lock.systems["x86_64-linux"].packages
    assert names == {row.sha256 for row in locked}
    use(second, team.cache)
    done = hello(second)
    assert (done.stdout, done.returncode) == ("hello \n", 0), done.stderr
    assert f"from {team.cache}, else 127.0.0.1)" in done.stderr
    assert f"2 of 2 from the cache {team.cache}" in done.stderr
    # Its folders are read only, so a user cannot remove them just so.
    (second.home / ".local").rename(second.home / "before")
    shutil.rmtree(second.home / ".cache")
    done = hello(second, "--offline")
    assert (done.stdout, done.returncode) == ("hello \n", 0), done.stderr


def test_a_web_server_of_that_folder_does_and_hears_only_hashes(
    team: Team, second: World
) -> None:
    with serving(team.cache) as web:
        done = hello(second, DEVENV_CACHES=f"{refused_address()} {web.base}")
    assert (done.stdout, done.returncode) == ("hello \n", 0), done.stderr
    assert done.stderr.count("is passed over: no connection") == 1
    files = kept_files(team.cache)
    assert sorted(web.paths()) == sorted(
        f"/{path.parent.name}/{path.name}" for path in files
    )


def test_downloads_are_served_to_others_and_the_server_ends_by_interrupt(
    team: Team, second: World
) -> None:
    with served(team.first.world) as address:
        use(second, address)
        done = hello(second)
        assert (done.stdout, done.returncode) == ("hello \n", 0), done.stderr
        rows = json.loads(second.run("doctor", "--json").stdout)["findings"]
        found = [row for row in rows if row["id"] == "cache"]
        assert [(row["level"], row["where"]) for row in found] == [("ok", address)]
    (row,) = [
        row
        for row in json.loads(second.run("doctor", "--json").stdout)["findings"]
        if row["id"] == "cache"
    ]
    assert row["level"] == "warning"
    assert row["what"].startswith("no connection")


def test_a_cache_folder_is_served_and_what_it_lacks_is_passed_on(
    team: Team, second: World
) -> None:
    gone = kept_files(team.cache)[0]
    gone.unlink()
    with served(second, str(team.cache)) as address:
        use(second, address)
        done = hello(second)
    assert done.returncode == 1
    assert (
        f"{address}/{gone.parent.name}/{gone.name}: the server answers 404"
        in done.stderr
    )


def test_what_is_not_what_its_name_says_is_not_used(team: Team, second: World) -> None:
    bad = kept_files(team.cache)[0]
    bad.write_bytes(bad.read_bytes()[::-1])
    use(second, team.cache)
    done = hello(second, "--offline")
    assert done.returncode == 1
    assert f"not taken from the cache {team.cache}: it is another file" in done.stderr
    assert not list((second.home / ".cache/devenv/downloads").rglob(bad.name))
    # Sizes are believed, unless somebody asks.
    env = {"DEVENV_CACHES": str(team.cache)}
    for words, copied in (([], 0), (["--check"], 1), (["--check"], 0)):
        done = team.first.run("cache", "push", str(team.cache), *words, env=env)
        assert f": {copied} copied" in done.stderr
    done = hello(second, "--offline")
    assert (done.stdout, done.returncode) == ("hello \n", 0), done.stderr


def test_what_is_there_is_not_copied_again(team: Team) -> None:
    before = {path: path.stat().st_mtime_ns for path in team.cache.rglob("*")}
    shutil.rmtree(team.first.world.home / ".cache/devenv/downloads")
    done = team.first.run("cache", "push", str(team.cache))
    assert "0 copied (0 B), 2 there before" in done.stderr
    after = {path: path.stat().st_mtime_ns for path in team.cache.rglob("*")}
    assert after == before


def test_two_pushes_at_once_do_not_meet(team: Team, tmp_path: Path) -> None:
    target = tmp_path / "both"
    processes = [
        subprocess.Popen(
            team.first.world.command("cache", "push", str(target)),
            cwd=team.first.folder,
            env=team.first.world.environment(),
        )
        for _ in range(4)
    ]
    assert [process.wait(60) for process in processes] == [0] * 4
    assert [path.name for path in kept_files(target)] == [
        path.name for path in kept_files(team.cache)
    ]
    for path in kept_files(target):
        assert (
            path.read_bytes()
            == (team.cache / path.parent.name / path.name).read_bytes()
        )


def test_all_systems_of_a_lock_and_single_packages_can_be_pushed(
    project: ProjectWorld, world: World, tmp_path: Path
) -> None:
    project.publish(*for_both("tool"))
    project.write_spec("tool")
    for words, count in (([], 1), (["--all-systems"], 2), (["--all-systems"], 2)):
        done = project.run("cache", "push", str(tmp_path / "cache"), *words)
        assert done.returncode == 0, done.stderr
        assert len(kept_files(tmp_path / "cache")) == count
    done = world.run("cache", "push", str(tmp_path / "other"), "-p", "tool")
    assert done.returncode == 0, done.stderr
    (kept,) = kept_files(tmp_path / "other")
    assert kept.name in {path.name for path in kept_files(tmp_path / "cache")}


def test_an_exported_project_is_a_cache_too(
    team: Team, second: World, tmp_path: Path
) -> None:
    team.first.run("store", "export", "-o", str(tmp_path / "hello.tar"))
    use(second, "/nowhere", tmp_path / "hello.tar")
    done = hello(second, "--offline")
    assert (done.stdout, done.returncode) == ("hello \n", 0), done.stderr


def test_what_is_damaged_is_made_again_from_a_cache(team: Team, second: World) -> None:
    use(second, team.cache)
    assert hello(second).stdout == "hello \n"
    (greeting,) = second.store.glob("*-hello-data-2.1-1/usr/share/hello/greeting")
    greeting.chmod(0o644)
    greeting.write_text("HACKED\n")
    shutil.rmtree(second.home / ".cache/devenv/downloads")
    done = second.run("store", "repair")
    assert done.returncode == 0, done.stderr
    assert "1 of 1 from the cache" in done.stderr
    assert hello(second).stdout == "hello \n"


def test_words_of_other_caches_are_answered(world: World) -> None:
    done = world.run("cache", "pull", "/mnt/team")
    assert done.returncode == 2
    assert "`devenv build` takes from the caches" in done.stderr


def test_only_a_folder_of_archives_is_pushed_to(team: Team, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "letters.txt").touch()
    (tmp_path / "file").touch()
    for place, words in (
        (str(other), "holds other things"),
        (str(tmp_path / "file"), "no folder"),
        ("https://cache.example.org", "pushed to a folder"),
    ):
        done = team.first.run("cache", "push", place)
        assert (done.returncode, done.stdout) == (2, "")
        assert words in done.stderr
    done = team.first.run("cache", "push", str(tmp_path / "not/mounted"))
    assert done.returncode == 1
    assert "No such file" in done.stderr
    assert [path.name for path in other.iterdir()] == ["letters.txt"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--listen", "8710"], "no address to listen at"),
        (["--listen", "127.0.0.1:99999"], "no address to listen at"),
        (["--listen", ":8710"], "no address to listen at"),
        (["/no/such/folder"], "cannot be served"),
    ],
)
def test_what_cannot_be_served_is_refused(
    world: World, words: list[str], said: str
) -> None:
    done = world.run("cache", "serve", *words)
    assert done.returncode == 2
    assert said in done.stderr


def test_an_address_that_is_taken_is_told(world: World, server: FileServer) -> None:
    done = world.run("cache", "serve", "--listen", server.base.removeprefix("http://"))
    assert done.returncode == 1
    assert "nobody can be served there: Address already in use" in done.stderr


def test_the_settings_show_caches_without_their_passwords(
    world: World, tmp_path: Path
) -> None:
    config = world.home / ".config/devenv/config.toml"
    config.write_text(
        f'[cache]\nfrom = ["{tmp_path}", "https://me:pw@cache.example.org"]\n'
    )
    env = {"DEVENV_CACHES": f"{tmp_path} http://there:1"}
    found = json.loads(world.run("config", "--json", env=env).stdout)["settings"]
    assert [
        (row["value"], row["source"]) for row in found if row["name"] == "cache.from"
    ] == [
        (str(tmp_path), str(config)),
        ("https://cache.example.org", str(config)),
        ("http://there:1", "DEVENV_CACHES"),
    ]
    done = world.run("config", env={"DEVENV_CACHES": "cache"})
    assert done.returncode == 1
    assert "at DEVENV_CACHES" in done.stderr


def test_a_cache_that_wants_a_password_is_told_by_the_doctor(
    world: World, server: FileServer
) -> None:
    server.faults[f"/team/00/{'0' * 64}"] = [status(401)]
    env = {"DEVENV_CACHES": f"{server.url('team')} /no/such/folder"}
    rows = json.loads(world.run("doctor", "--json", env=env).stdout)["findings"]
    found = [(row["level"], row["what"]) for row in rows if row["id"] == "cache"]
    assert found == [
        ("warning", "the server answers 401 Because"),
        ("warning", "No such file or directory"),
    ]
