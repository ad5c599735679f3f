"""What goes wrong around a daemon: sockets, other users, limits, clocks, crowds.

Rows of the fault table, and where each is seen to be borne:

    crash, stale socket       test_daemon: after a kill the next one continues
    hung, nobody is let in    here: a daemon that is stopped, with a full backlog
    two start together        here: of many that start at once one is the daemon
    an older one runs         here: a daemon of another version is replaced
    its code was replaced     test_daemon: it steps aside
    no watch is left          test_daemon: it says so and goes on
    no watcher is left        here: it says so and ends
    queue overflow            here: a burst while it is stopped
    folders come and go       test_daemon: moved, links, checkout; unit test_watch_set
    a long socket path        test_daemon: any path is short enough
    a squatter at its place   here: whatever lies where the socket belongs
    another user              here: both ways
    the clock jumps           here: content decides, at any time
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from devenv.cli.daemon_process import surroundings
from devenv.daemon import looking
from devenv.daemon.watched_project import WatchedProject
from devenv.errors import NoProjectError
from devenv.formats.daemon_messages import Request
from devenv.model.watching import Found
from devenv.operations.ask_daemon import ask
from devenv.operations.reload_project import reload_project
from devenv.operations.run_daemon import daemon_command
from tests.fixtures.ad_hoc import CHECKOUT
from tests.fixtures.clock import FakeClock
from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.watching import (
    Daemon,
    a_daemon,
    make_free,
    spec_text,
    until,
    write,
)
from tests.shells.terminal import required

NOBODY = 65534
YEARS = (1970, 2016, 2036, 2038, 2100)

CALLER = f"""
import os, socket, sys
os.chdir(sys.argv[1])
os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})
client = socket.socket(socket.AF_UNIX)
client.connect("daemon.socket")
try:
    client.sendall(b'{{"v":1,"do":"ping"}}\\n')
    sys.stdout.buffer.write(client.recv(100))
except (BrokenPipeError, ConnectionResetError):
    pass
"""
IMPOSTOR = f"""
import os, socket, sys
listening = socket.socket(socket.AF_UNIX)
os.chdir(sys.argv[1])
os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})
listening.bind("daemon.socket"); os.chmod("daemon.socket", 0o666)
listening.listen(5); print("listens", flush=True)
while True:
    client, _ = listening.accept()
    try:
        client.sendall(b'{{"v":1,"ok":true,"pid":1,"version":"0"}}\\n')
    except OSError:
        pass
"""


@pytest.fixture
def allowed(project: ProjectWorld) -> ProjectWorld:
    make_free(project)
    spec_text(project, "first")
    done = project.run("allow", "--yes")
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture
def runtime(allowed: ProjectWorld) -> Path:
    folder = allowed.world.home / "runtime"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def daemon(allowed: ProjectWorld) -> Iterator[Daemon]:
    with a_daemon(allowed) as daemon:
        assert daemon.settled(allowed.folder)["state"] == "ready"
        yield daemon


@contextmanager
def stopped(daemon: Daemon) -> Iterator[None]:
    daemon.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        daemon.process.send_signal(signal.SIGCONT)


def test_a_stopped_daemon_that_nobody_gets_into_is_gone_without(daemon: Daemon) -> None:
    place = daemon.runtime / "devenv/daemon.socket"
    folder = os.open(place.parent, os.O_RDONLY)
    with stopped(daemon), ExitStack() as stack:
        stack.callback(os.close, folder)
        for _ in range(200):
            waiting = stack.enter_context(socket.socket(socket.AF_UNIX))
            waiting.settimeout(0)
            try:
                waiting.connect(f"/proc/self/fd/{folder}/daemon.socket")
            except BlockingIOError:
                break
        else:
            pytest.fail("the backlog has no end")
        begun = time.monotonic()
        assert ask(daemon.env, daemon.state, Request(do="ping")) is None
        assert time.monotonic() - begun < 5
        spec_text(daemon.home, "without-it")
        env = {"XDG_RUNTIME_DIR": str(daemon.runtime)}
        assert daemon.home.run("reload", env=env).returncode == 0
        assert "without-it" in daemon.current(daemon.home.folder)
    until(lambda: daemon.ask("ping") is not None)


def test_of_many_that_start_at_once_one_is_the_daemon(
    allowed: ProjectWorld, runtime: Path
) -> None:
    daemon = Daemon(home=allowed, runtime=runtime)
    many = [
        subprocess.Popen(daemon_command(), env=daemon.env, stderr=subprocess.DEVNULL)
        for _ in range(8)
    ]
    try:
        until(lambda: sum(each.poll() is None for each in many) == 1)
        until(lambda: daemon.ask("ping") is not None)
        (one,) = (each for each in many if each.poll() is None)
        assert (daemon.ask("ping") or {})["pid"] == one.pid
        assert {each.poll() for each in many if each is not one} == {3}
    finally:
        for each in many:
            each.terminate()
            each.wait(15)


def test_a_daemon_of_another_version_is_replaced(
    allowed: ProjectWorld, runtime: Path, tmp_path: Path
) -> None:
    shutil.copytree(CHECKOUT / "devenv", tmp_path / "devenv")
    init = tmp_path / "devenv/__init__.py"
    text = init.read_text()
    assert '"0.1.0"' in text
    init.write_text(text.replace('"0.1.0"', '"0.0.9"'))
    words = [
        str(tmp_path) if word == str(CHECKOUT) else word for word in daemon_command()
    ]
    daemon = Daemon(home=allowed, runtime=runtime)
    daemon.start(words=words)
    try:
        old = daemon.ask("ping")
        assert old is not None
        assert old["version"] == "0.0.9"
        env = {"XDG_RUNTIME_DIR": str(runtime)}
        assert allowed.run("daemon", "start", env=env).returncode == 0
        assert daemon.process.wait(15) == 0
        new = daemon.ask("ping")
        assert new is not None
        assert new["version"] != "0.0.9"
    finally:
        assert allowed.run("daemon", "stop", env=env).returncode == 0
        daemon.stop()


def test_where_no_watcher_is_left_it_says_so_and_ends(
    allowed: ProjectWorld, runtime: Path
) -> None:
    limit = "/proc/sys/user/max_inotify_instances"
    inside = [
        *(required("unshare"), "-Ur", "sh", "-c"),
        *(f'echo 0 >{limit} && exec "$@"', "sh"),
    ]
    if subprocess.run([*inside, "true"], check=False).returncode:
        pytest.skip("there are no user namespaces here")
    env = allowed.world.environment(XDG_RUNTIME_DIR=str(runtime))
    done = subprocess.run(
        [*inside, *daemon_command()],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "files cannot be watched" in done.stderr
    assert "projects are looked at when you come to a prompt" in done.stderr


def test_a_burst_that_the_kernel_cannot_keep_loses_no_change(daemon: Daemon) -> None:
    home = daemon.home
    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    text = home.spec_path.read_text()
    one, other = home.folder / "one", home.folder / "other"
    with stopped(daemon):
        one.touch()
        for _ in range(most // 4 + 100):
            one.rename(other)
            other.rename(one)
        write(home.spec_path, text.replace("first", "in-the-burst"))
    until(lambda: "in-the-burst" in daemon.current(home.folder))
    assert daemon.settled(home.folder)["state"] == "ready"


@pytest.mark.parametrize("what", ["a file", "a link", "a socket"])
def test_whatever_lies_where_the_socket_belongs_is_replaced(
    allowed: ProjectWorld, runtime: Path, what: str
) -> None:
    place = runtime / "devenv/daemon.socket"
    place.parent.mkdir(mode=0o700)
    target = allowed.world.home / "target"
    target.write_text("mine")
    match what:
        case "a file":
            place.write_text("x")
        case "a link":
            place.symlink_to(target)
        case _:
            with socket.socket(socket.AF_UNIX) as squatter:
                squatter.bind(str(place))
    with a_daemon_at(allowed, runtime) as daemon:
        assert daemon.ask("ping") is not None
        assert target.read_text() == "mine"


def test_a_folder_where_the_socket_belongs_is_told(
    allowed: ProjectWorld, runtime: Path
) -> None:
    (runtime / "devenv/daemon.socket").mkdir(parents=True, mode=0o700)
    (runtime / "devenv").chmod(0o700)
    env = allowed.world.environment(XDG_RUNTIME_DIR=str(runtime))
    done = subprocess.run(
        daemon_command(), env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("devenv: the daemon cannot run: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_another_user_is_not_talked_to(daemon: Daemon) -> None:
    folder = daemon.runtime / "devenv"
    # As if nothing but the kernel's word for who it is stood between them.
    (folder / "daemon.socket").chmod(0o666)
    folder.chmod(0o711)
    try:
        done = as_somebody_else(CALLER, folder)
        assert done.communicate(timeout=15)[0] == b""
        assert done.returncode == 0
    finally:
        folder.chmod(0o700)
    assert daemon.ask("ping") is not None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_an_impostor_of_another_user_is_not_listened_to(
    allowed: ProjectWorld, runtime: Path
) -> None:
    folder = runtime / "devenv"
    folder.mkdir()
    folder.chmod(0o777)
    impostor = as_somebody_else(IMPOSTOR, folder)
    try:
        assert impostor.stdout is not None
        assert impostor.stdout.readline() == b"listens\n"
        env = {"XDG_RUNTIME_DIR": str(runtime)}
        assert allowed.run("daemon", "status", env=env).returncode == 1
    finally:
        impostor.kill()
        impostor.communicate()


def test_content_decides_whatever_the_clocks_say(allowed: ProjectWorld) -> None:
    doors = surroundings(allowed.world.environment())
    watched = WatchedProject(number=1, project=str(allowed.folder))
    assert looking.look(doors, watched).found is Found.SAME
    text = allowed.spec_path.read_text()
    daemon = Daemon(home=allowed, runtime=allowed.world.home)
    for ours in YEARS:
        doors.clock = FakeClock(moment=datetime(ours, 1, 19, 3, 14, 8, tzinfo=UTC))
        for files in YEARS:
            value = f"{ours}-and-{files}"
            write(allowed.spec_path, text.replace("first", value))
            moment = datetime(files, 6, 1, tzinfo=UTC).timestamp()
            os.utime(allowed.spec_path, (moment, moment))
            found = looking.look(doors, watched)
            assert found.found is Found.DONE
            looking.agree(doors, watched, found)
            assert value in daemon.current(allowed.folder)
            assert looking.look(doors, watched).found is Found.SAME


@pytest.mark.parametrize("program", ["notify-send", "osascript"])
def test_the_desktop_is_told_once_of_each_failure(
    allowed: ProjectWorld, runtime: Path, program: str
) -> None:
    told = allowed.world.home / "told"
    with notified(allowed, runtime, program, told) as daemon:
        for number in (1, 2):
            write(allowed.spec_path, f"packages = [ # {number}")
            until(lambda number=number: told_of(told) == number)
            write(allowed.spec_path, f"packages = [[ # {number}")
            until(lambda: daemon.settled(allowed.folder)["state"] == "failed")
            spec_text(allowed, f"value-{number}")
            until(lambda: daemon.settled(allowed.folder)["state"] == "ready")
        assert told_of(told) == 2
        words = told.read_text().split("\n")
        name = allowed.folder.name
        assert f"devenv: {name}" in words
        assert any("this is not TOML" in word for word in words)


def test_nobody_is_notified_unasked(allowed: ProjectWorld, runtime: Path) -> None:
    told = allowed.world.home / "told"
    with notified(allowed, runtime, "notify-send", told, setting="false") as daemon:
        write(allowed.spec_path, "packages = [")
        until(lambda: daemon.settled(allowed.folder)["state"] == "failed")
    assert told_of(told) == 0


@contextmanager
def notified(
    home: ProjectWorld, runtime: Path, program: str, told: Path, setting: str = "true"
) -> Iterator[Daemon]:
    """Yield a daemon with a desktop of which only this program is there."""
    folder = home.world.home / "desktop"
    folder.mkdir()
    script = f"#!/bin/sh\nprintf '%s\\n' \"$@\" end >>'{told}'\n"
    write(folder / program, script)
    (folder / program).chmod(0o755)
    for needed in ("sh", "cat"):
        (folder / needed).symlink_to(shutil.which(needed) or "/bin/sh")
    file = home.world.home / ".config/devenv/config.toml"
    file.write_text(file.read_text() + f"[daemon]\nnotify = {setting}\n")
    daemon = Daemon(home=home, runtime=runtime)
    daemon.start(through=[required("env"), f"PATH={folder}"])
    try:
        assert daemon.settled(home.folder)["state"] == "ready"
        yield daemon
    finally:
        daemon.stop()


def told_of(file: Path) -> int:
    return file.read_text().split("\n").count("end") if file.exists() else 0


@contextmanager
def a_daemon_at(home: ProjectWorld, runtime: Path) -> Iterator[Daemon]:
    daemon = Daemon(home=home, runtime=runtime)
    daemon.start()
    try:
        yield daemon
    finally:
        daemon.stop()


def as_somebody_else(program: str, folder: Path) -> "subprocess.Popen[bytes]":
    """Run a program that goes to a folder, and becomes another user there."""
    words = [sys.executable, "-I", "-S", "-c", program, str(folder)]
    return subprocess.Popen(words, stdout=subprocess.PIPE)


def test_a_spec_that_is_gone_while_it_is_built_takes_nothing_away(
    allowed: ProjectWorld,
) -> None:
    before = current_of(allowed)
    allowed.spec_path.unlink()
    with pytest.raises(NoProjectError), allowed.doors() as doors:
        reload_project(doors, allowed.folder, is_watched=True)
    assert current_of(allowed) == before
    # Whoever comes to a prompt leaves a project that is no longer one.
    assert allowed.run("reload", "--project", str(allowed.folder)).returncode != 0
    assert current_of(allowed) == ""


def current_of(home: ProjectWorld) -> str:
    return Daemon(home=home, runtime=home.world.home).current(home.folder)
