"""What goes wrong around a command: a clear error, and nothing half-made."""

import hashlib
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from tests.fixtures.archive import Package
from tests.fixtures.world import HELLO, World, is_root


def hello_deb(world: World) -> Path:
    return world.archive.path("debian", HELLO.filename("main"))


def test_without_a_network_the_first_run_says_what_is_missing(world: World) -> None:
    done = world.run("run", "--offline", "hello")
    assert done.returncode == 1
    assert "without --offline" in done.stderr
    assert world.server.requests == []


def test_what_is_there_works_offline(world: World) -> None:
    world.run("run", "hello")
    asked = len(world.server.requests)
    done = world.run("run", "--offline", "-p", "hello-data", "-p", "hello", "--",
                     "hello", "x")  # fmt: skip
    assert done.stdout == "hello x\n", done.stderr
    assert "offline" in done.stderr
    assert len(world.server.requests) == asked


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data[:-1], id="truncated"),
        pytest.param(lambda data: data + b"x", id="longer"),
        pytest.param(lambda data: data[:-9] + b"X" + data[-8:], id="swapped"),
        pytest.param(lambda _: b"<html>please log in</html>", id="a captive portal"),
    ],
)
def test_an_archive_that_is_not_the_signed_one_is_refused(
    world: World, damage: Callable[[bytes], bytes]
) -> None:
    deb = hello_deb(world)
    deb.write_bytes(damage(deb.read_bytes()))
    done = world.run("run", "hello")
    assert done.returncode == 1
    assert "hello 2.1-1" in done.stderr
    assert [name for name in world.store_paths if "-hello-2" in name] == []
    deb.write_bytes(HELLO.deb)
    assert world.run("run", "hello").stdout == "hello \n"


def test_an_index_of_another_signer_is_refused(world: World) -> None:
    key = world.home / ".config/devenv/own.pgp"
    other = type(world.archive)(world.home / "elsewhere")
    key.write_bytes(other.keyring)
    done = world.run("run", "hello")
    assert done.returncode == 1
    assert "sign" in done.stderr
    assert world.store_paths == []


def test_a_changed_file_of_the_store_is_found(world: World) -> None:
    world.run("run", "hello")
    assert world.run("store", "verify", "--content").returncode == 0
    victim = next(world.store.glob("*-hello-data-*/usr/share/hello/greeting"))
    victim.chmod(0o644)
    victim.write_bytes(b"HELLO\n")
    done = world.run("store", "verify", "--content")
    assert done.returncode == 1
    assert "hello-data" in done.stdout


def test_everything_can_be_deleted_and_made_again(world: World) -> None:
    world.run("run", "hello")
    paths = world.store_paths
    done = world.run("store", "delete", "--all")
    assert done.returncode == 0, done.stderr
    assert world.store_paths == []
    assert world.run("run", "hello").stdout == "hello \n"
    assert world.store_paths == paths


def test_a_store_that_somebody_removed_is_made_again(world: World) -> None:
    world.run("run", "hello")
    for path in world.store.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(world.store)
    assert world.run("run", "hello").stdout == "hello \n"


def test_two_at_once_make_everything_once(world: World) -> None:
    commands = [
        subprocess.Popen(
            world.command("run", "hello", str(number)),
            env=world.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    results = [command.communicate(timeout=60) for command in commands]
    assert sorted(out for out, _ in results) == [f"hello {n}\n" for n in range(4)], (
        results
    )
    debs = [path for path in world.server.paths() if path.endswith(".deb")]
    assert len(debs) == len(set(debs))


def test_an_interrupted_download_leaves_nothing_half_made(world: World) -> None:
    reached = threading.Event()

    def hang(_: object) -> None:
        reached.set()
        released.wait(30)

    released = threading.Event()
    world.server.faults[f"/debian/{HELLO.filename('main')}"] = [hang, None]
    running = subprocess.Popen(
        world.command("run", "hello"),
        env=world.environment(),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert reached.wait(30)
    os.killpg(running.pid, signal.SIGINT)
    _, talk = running.communicate(timeout=30)
    released.set()
    assert running.returncode == 130, talk
    assert "Traceback" not in talk
    assert [
        path for path in world.store.iterdir() if path.name.startswith(".tmp-")
    ] == []
    assert world.run("run", "hello").stdout == "hello \n"


@pytest.mark.parametrize("name", ["with space", "quo'te\"s", "new\nline", "$(touch x)"])
def test_the_current_folder_may_have_any_name(
    world: World, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    assert world.run("run", "hello", cwd=folder).stdout == "hello \n"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        pytest.param("DEVENV_STORE_DIR", "relative", "absolute", id="relative"),
        pytest.param("DEVENV_STORE_DIR", "/a b", "unusual", id="a space"),
        pytest.param("DEVENV_STORE_DIR", "/" + "x" * 120, "longer", id="long"),
    ],
)
def test_an_unfit_store_folder_is_explained(
    world: World, variable: str, value: str, message: str
) -> None:
    done = world.run("run", "hello", env={variable: value})
    assert done.returncode == 1
    assert message in done.stderr
    assert "DEVENV_STORE_DIR" in done.stderr


@pytest.mark.skipif(not is_root(), reason="only root can lock out another user")
def test_a_read_only_home_is_explained(world: World) -> None:
    script = (
        f"mount --bind {world.home} {world.home} &&"
        f' mount -o remount,ro,bind {world.home} && exec "$@"'
    )
    done = world.run(
        "run",
        "hello",
        through=["unshare", "-m", "sh", "-c", script, "-"],
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "read-only" in done.stderr.lower()


@pytest.mark.parametrize("umask", ["000", "077", "777"])
def test_the_umask_does_not_matter(world: World, umask: str) -> None:
    through = ["sh", "-c", f'umask {umask}; exec "$@"', "-"]
    assert world.run("run", "hello", through=through).stdout == "hello \n"
    program = Path(world.run("which", "hello").stdout.strip())
    assert program.stat().st_mode & 0o777 == 0o555


def test_closed_output_is_no_accident(world: World) -> None:
    done = world.run(
        "search", "hello", through=["sh", "-c", '"$@" | head -n 0; exit 0', "-"]
    )
    assert "Traceback" not in done.stderr


def test_forty_columns_are_enough(world: World) -> None:
    terminal = pexpect.spawn(
        world.command()[0],
        ["run", "hello", "narrow"],
        env={**world.environment(), "TERM": "xterm"},
        dimensions=(24, 40),
        timeout=60,
        encoding="utf-8",
    )
    terminal.expect("hello narrow")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0


@pytest.mark.skipif(not is_root(), reason="mounting needs root")
@pytest.mark.parametrize("size", ["64k", "160k", "256k"])
def test_a_full_disk_is_explained_and_leaves_nothing(world: World, size: str) -> None:
    big = Package(
        name="hello-data",
        version="2.2",
        architecture="all",
        files={"usr/share/hello/greeting": b"hello\n" + os.urandom(400_000)},
    )
    world.publish(HELLO, big)
    world.store.mkdir(parents=True, mode=0o700)
    script = (
        f"mount -t tmpfs -o size={size},mode=700 tmpfs {world.store} &&"
        f' {{ "$@"; status=$?; ls -A {world.store} >&3; exit $status; }} 3>&2'
    )
    done = world.run("run", "hello", through=["unshare", "-m", "sh", "-c", script, "-"])
    assert done.returncode == 1
    assert "full" in done.stderr
    assert "Traceback" not in done.stderr
    left = done.stderr.splitlines()
    assert not [name for name in left if name.startswith((".tmp-", "trash"))]


@pytest.mark.parametrize(
    ("redirection", "status"),
    [
        pytest.param(">&-", 0, id="no output"),
        pytest.param("2>&-", 0, id="no talk"),
        pytest.param("<&- >&- 2>&-", 0, id="nothing at all"),
        pytest.param(">/dev/full", 1, id="a full disk"),
    ],
)
def test_standard_streams_may_be_closed_or_full(
    world: World, redirection: str, status: int
) -> None:
    through = ["sh", "-c", f'"$@" {redirection}', "-"]
    done = world.run("search", "hello", through=through)
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    ran = world.run("run", "-p", "hello", "--", "true", through=through)
    assert ran.returncode == 0


def test_the_program_gets_the_users_umask(world: World) -> None:
    through = ["sh", "-c", 'umask 027; exec "$@"', "-"]
    command = ("run", "-p", "hello", "--", "sh", "-c", "umask")
    assert world.run(*command, through=through).stdout == "0027\n"


def test_a_store_in_use_is_not_deleted_unless_forced(world: World) -> None:
    waiting = subprocess.Popen(
        world.command("run", "-p", "hello", "--", "cat"),
        env=world.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert waiting.stdin is not None
    assert waiting.stdout is not None
    waiting.stdin.write(b"here\n")
    waiting.stdin.flush()
    assert waiting.stdout.readline() == b"here\n"
    refused = world.run("store", "delete", "--all")
    assert refused.returncode == 1
    assert f"process {waiting.pid}" in refused.stderr
    assert world.store_paths
    assert world.run("store", "delete", "--all", "--force").returncode == 0
    waiting.communicate()
    assert world.store_paths == []
    assert not (world.home / ".local/state/devenv/ad-hoc").exists()


def test_a_damaged_download_is_fetched_again(world: World) -> None:
    world.run("run", "hello")
    world.run("store", "delete", "--all")
    downloads = world.home / ".cache/devenv/downloads"
    digest = hashlib.sha256(HELLO.deb).hexdigest()
    (kept,) = downloads.rglob(digest)
    kept.write_bytes(HELLO.deb[:-1] + b"X")
    asked = len(world.server.requests)
    assert world.run("run", "hello").stdout == "hello \n"
    assert len(world.server.requests) > asked
    assert kept.read_bytes() == HELLO.deb
