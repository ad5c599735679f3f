"""The daemon, as it runs: saves become environments, and nothing disturbs it."""

import json
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from devenv.host.own_socket import connect
from devenv.operations.run_daemon import daemon_command
from tests.fixtures.ad_hoc import CHECKOUT
from tests.fixtures.archive import Package
from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.watching import (
    WAYS,
    Daemon,
    a_daemon,
    like_vim,
    make_free,
    rename_over,
    spec_text,
    until,
    write,
)
from tests.fixtures.world import PACKAGES
from tests.shells.terminal import required


@pytest.fixture
def allowed(project: ProjectWorld) -> ProjectWorld:
    make_free(project)
    spec_text(project, "first")
    done = project.run("allow", "--yes")
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture
def daemon(allowed: ProjectWorld) -> Iterator[Daemon]:
    with a_daemon(allowed) as daemon:
        assert daemon.settled(allowed.folder)["state"] == "ready"
        yield daemon


@pytest.mark.parametrize("save", WAYS)
def test_what_is_saved_is_there_for_shells(
    daemon: Daemon, save: Callable[[Path, str], None]
) -> None:
    home = daemon.home
    text = home.spec_path.read_text()
    for number in range(5):
        value = f"value-{number}"
        save(home.spec_path, text.replace("first", value))
        until(lambda value=value: value in daemon.current(home.folder))
    found = daemon.settled(home.folder)
    # Its own process did it: nothing was built.
    assert (found["builds"], found["state"]) == (0, "ready")


def test_a_touch_does_nothing(daemon: Daemon) -> None:
    home = daemon.home
    before = (daemon.hooks(home.folder) / "current.bash").readlink()
    for _ in range(5):
        home.spec_path.touch()
        write(home.spec_path, home.spec_path.read_text())
    found = daemon.settled(home.folder)
    assert (found["builds"], found["changes"]) == (0, 0)
    assert (daemon.hooks(home.folder) / "current.bash").readlink() == before


def test_a_package_of_the_archive_is_built(daemon: Daemon) -> None:
    home = daemon.home
    home.write_spec("hello", "toolbox", tables='[env]\nA = "first"\n')
    until(lambda: "toolbox" in home.lock_text)
    found = daemon.settled(home.folder)
    assert found["state"] == "ready"
    # A busy machine may see the save in two parts.
    assert found["builds"] in {1, 2}
    assert daemon.told(home.folder)[0] == "allowed"


def test_what_needs_a_nod_is_told_and_not_brought_in(daemon: Daemon) -> None:
    home = daemon.home
    before = daemon.current(home.folder)
    spec_text(home, "first", more='NEW = "thing"\n')
    until(lambda: daemon.settled(home.folder)["state"] == "changed")
    assert daemon.current(home.folder) == before
    word, sentence = daemon.told(home.folder)
    assert word == "changed"
    assert "NEW" in sentence
    assert home.run("allow", "--yes").returncode == 0
    until(lambda: daemon.settled(home.folder)["state"] == "ready")
    assert "thing" in daemon.current(home.folder)


def test_a_broken_spec_keeps_the_last_good_environment(daemon: Daemon) -> None:
    home = daemon.home
    text, before = home.spec_path.read_text(), daemon.current(home.folder)
    write(home.spec_path, "packages = [")
    until(lambda: daemon.settled(home.folder)["state"] == "failed")
    assert daemon.current(home.folder) == before
    assert daemon.told(home.folder)[0] == "failed"
    log = home.run("log").stdout
    assert log.startswith("failed: ")
    write(home.spec_path, text)
    until(lambda: daemon.settled(home.folder)["state"] == "ready")
    assert daemon.told(home.folder)[0] == "allowed"


def test_a_file_that_only_a_failed_reading_found_is_watched(daemon: Daemon) -> None:
    home = daemon.home
    part = home.folder / "parts/part.toml"
    text = home.spec_path.read_text()
    write(home.spec_path, f'imports = ["parts/part.toml"]\n{text}')
    until(lambda: daemon.settled(home.folder)["state"] == "failed")
    part.parent.mkdir()
    write(part, "packages = [")
    until(lambda: "TOML" in str(daemon.settled(home.folder)["sentence"]))
    write(part, "packages = []\n")
    until(lambda: daemon.settled(home.folder)["state"] == "ready")


def test_a_missing_dotenv_file_is_seen_when_it_comes(daemon: Daemon) -> None:
    home = daemon.home
    text = home.spec_path.read_text()
    write(home.spec_path, f'dotenv = [".env"]\n{text}')
    until(lambda: daemon.settled(home.folder)["state"] == "ready")
    rename_over(home.folder / ".env", "B=from-dotenv\n")
    until(lambda: daemon.settled(home.folder)["state"] == "changed")


def test_a_file_behind_links_is_watched_and_so_are_the_links(daemon: Daemon) -> None:
    home = daemon.home
    text = home.spec_path.read_text()
    first, second = home.world.home / "first.toml", home.world.home / "second.toml"
    for file, value in ((first, "one"), (second, "two")):
        write(file, text.replace("first", value))
    home.spec_path.unlink()
    home.spec_path.symlink_to(first)
    until(lambda: "one" in daemon.current(home.folder))
    write(first, text.replace("first", "three"))
    until(lambda: "three" in daemon.current(home.folder))
    (home.folder / "link").symlink_to(second)
    (home.folder / "link").replace(home.spec_path)
    until(lambda: "two" in daemon.current(home.folder))


def test_a_project_that_is_moved_and_comes_back_is_seen(daemon: Daemon) -> None:
    home = daemon.home
    aside = home.folder.with_name("aside")
    home.folder.rename(aside)
    until(lambda: daemon.settled(home.folder)["state"] in {"not allowed", "failed"})
    text = (aside / "devenv.toml").read_text()
    like_vim(aside / "devenv.toml", text.replace("first", "moved"))
    aside.rename(home.folder)
    until(lambda: "moved" in daemon.current(home.folder))


def test_a_decision_is_followed(daemon: Daemon, allowed: ProjectWorld) -> None:
    assert allowed.run("deny").returncode == 0
    found = daemon.ask("status")
    assert found is not None
    until(lambda: not (daemon.ask("status") or {}).get("projects"))
    assert allowed.run("allow", "--yes").returncode == 0
    until(lambda: daemon.settled(allowed.folder)["state"] == "ready")


def test_a_build_is_stopped_when_the_spec_changes_again(project: ProjectWorld) -> None:
    big = Package(
        name="big",
        version="1",
        architecture="all",
        fields={"Description": "takes a while"},
        files={f"usr/share/big/{n}": b"x" * 100 for n in range(3000)},
    )
    project.publish(*PACKAGES, big)
    make_free(project)
    text = spec_text(project, "first")
    assert project.run("allow", "--yes").returncode == 0
    with a_daemon(project) as daemon:
        daemon.settled(project.folder)
        project.write_spec("hello", "big", tables='[env]\nA = "first"\n')
        until(lambda: daemon.told(project.folder)[0] == "building")
        write(project.spec_path, text.replace("first", "second"))
        until(lambda: "second" in daemon.current(project.folder))
        assert daemon.settled(project.folder)["state"] == "ready"
        assert "big" not in project.lock_text


def test_with_nothing_to_do_it_never_wakes_and_is_small(daemon: Daemon) -> None:
    home = daemon.home
    write(home.spec_path, home.spec_path.read_text().replace("first", "other"))
    until(lambda: "other" in daemon.current(home.folder))
    daemon.settled(home.folder)
    # Files rest after three seconds; stamps are renewed once then.
    stamp = min(daemon.hooks(home.folder).glob("*.0"))
    until(lambda: stamp.stat().st_mtime_ns > 0)
    before = daemon.wakeups()
    until(lambda: daemon.ask("ping") is not None)
    asked = daemon.wakeups()
    assert asked - before < 10
    assert daemon.memory_kib() <= 20 * 1024


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"\n", id="nothing"),
        pytest.param(b"\xff\xfe\n", id="no text"),
        pytest.param(b"[]\n", id="no object"),
        pytest.param(b'{"v":2,"do":"ping"}\n', id="another version"),
        pytest.param(b'{"v":1,"do":"dance"}\n', id="no such request"),
        pytest.param(b'{"v":1,"do":["ping"]}\n', id="of another type"),
        pytest.param(b'{"v":1,"do":"watch"}\n', id="without a project"),
        pytest.param(b'{"v":1,"do":"watch","project":"x"}\n', id="a relative path"),
        pytest.param(b"[" * 60_000 + b"\n", id="deeper than can be read"),
        pytest.param(b"x" * (1 << 20), id="huge, without an end"),
    ],
)
def test_a_client_that_talks_nonsense_is_told_so_and_disturbs_nobody(
    daemon: Daemon, sent: bytes
) -> None:
    client = connect(daemon.runtime / "devenv/daemon.socket", timeout_seconds=5)
    assert client is not None
    with client:
        try:
            client.sendall(sent)
            reply = json.loads(client.recv(1 << 16))
            assert reply["ok"] is False
        except (BrokenPipeError, ConnectionResetError):
            assert len(sent) > 1 << 16
    assert daemon.ask("ping") is not None


def test_clients_that_never_end_or_never_read_disturb_nobody(daemon: Daemon) -> None:
    path = daemon.runtime / "devenv/daemon.socket"
    with ExitStack() as stack:
        for _ in range(100):
            silent = connect(path, timeout_seconds=20)
            assert silent is not None
            stack.enter_context(silent)
        slow = connect(path, timeout_seconds=20)
        assert slow is not None
        stack.enter_context(slow)
        slow.sendall(b'{"v":1,"do":"events"}\n')
        slow.settimeout(0.05)
        try:
            for _ in range(50_000):
                slow.sendall(b'{"v":1,"do":"status"}\n')
        except OSError:
            pass
        assert daemon.ask("ping") is not None
    until(lambda: daemon.descriptors() < 20)
    assert daemon.memory_kib() <= 30 * 1024


def test_events_begin_with_a_snapshot_and_go_on(daemon: Daemon) -> None:
    client = connect(daemon.runtime / "devenv/daemon.socket", timeout_seconds=10)
    assert client is not None
    with client, client.makefile("rb") as lines:
        client.sendall(b'{"v":1,"do":"events"}\n')
        snapshot = json.loads(lines.readline())
        assert [each["state"] for each in snapshot["projects"]] == ["ready"]
        write(daemon.home.spec_path, "packages = [")
        states = []
        while "failed" not in states:
            states.append(json.loads(lines.readline())["state"])


def test_events_are_printed_as_their_schema_promises(daemon: Daemon) -> None:
    words = daemon.home.world.command("events", "--json")
    with subprocess.Popen(words, env=daemon.env, stdout=subprocess.PIPE) as events:
        assert events.stdout is not None
        lines = [events.stdout.readline()]
        write(daemon.home.spec_path, "packages = [")
        while b'"failed"' not in lines[-1]:
            lines.append(events.stdout.readline())
        daemon.stop()
        lines += events.stdout.readlines()
    schema = json.loads((CHECKOUT / "docs/json/events.schema.json").read_text())
    schema["additionalProperties"] = False
    for line in lines:
        Draft202012Validator(schema).validate(json.loads(line))
    assert json.loads(lines[-1])["state"] == "failed"


def test_two_daemons_at_once_are_one(daemon: Daemon) -> None:
    others = [
        subprocess.Popen(daemon_command(), env=daemon.env, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    assert [other.wait(30) for other in others] == [3, 3, 3]
    for other in others:
        assert other.stderr is not None
        other.stderr.close()
    found = daemon.ask("ping")
    assert found is not None
    assert found["pid"] == daemon.process.pid


def test_where_no_more_can_be_watched_it_says_so_and_goes_on(
    allowed: ProjectWorld,
) -> None:
    limit = "/proc/sys/user/max_inotify_watches"
    unshare = required("unshare")
    inside = [unshare, "-Ur", "sh", "-c", f'echo 3 >{limit} && exec "$@"', "sh"]
    if subprocess.run([*inside, "true"], check=False).returncode:
        pytest.skip("there are no user namespaces here")
    runtime = allowed.world.home / "runtime"
    runtime.mkdir(mode=0o700)
    daemon = Daemon(home=allowed, runtime=runtime)
    daemon.start(through=inside)
    try:
        assert daemon.settled(allowed.folder)["state"] == "ready"
        problem = str((daemon.ask("status") or {})["problem"])
        assert "watches no further folder" in problem
        assert "when you come to a prompt" in problem
        # The prompt's own way does not need it.
        write(allowed.spec_path, allowed.spec_path.read_text() + "# other\n")
        assert allowed.run("reload", env=daemon.env).returncode == 0
    finally:
        daemon.stop()


def test_a_daemon_whose_devenv_was_replaced_steps_aside(
    allowed: ProjectWorld, tmp_path: Path
) -> None:
    shutil.copytree(CHECKOUT / "devenv", tmp_path / "devenv")
    words = [
        str(tmp_path) if word == str(CHECKOUT) else word for word in daemon_command()
    ]
    runtime = allowed.world.home / "runtime"
    runtime.mkdir(mode=0o700)
    daemon = Daemon(home=allowed, runtime=runtime)
    daemon.start(words=words)
    try:
        init = tmp_path / "devenv/__init__.py"
        rename_over(init, init.read_text())
        # The next thing that happens is enough.
        until(lambda: daemon.ask("ping") is None)
        assert daemon.process.wait(15) == 0
        daemon.start()
        assert daemon.settled(allowed.folder)["state"] == "ready"
    finally:
        daemon.stop()


def test_after_a_kill_the_next_one_continues(daemon: Daemon) -> None:
    home = daemon.home
    daemon.kill()
    assert (daemon.runtime / "devenv/daemon.socket").exists()
    assert daemon.ask("ping") is None
    text = home.spec_path.read_text()
    write(home.spec_path, text.replace("first", "meanwhile"))
    daemon.start()
    until(lambda: "meanwhile" in daemon.current(home.folder))


def test_a_stopped_daemon_costs_its_clients_a_moment(daemon: Daemon) -> None:
    daemon.process.send_signal(signal.SIGSTOP)
    done = daemon.home.run("status", env={"XDG_RUNTIME_DIR": str(daemon.runtime)})
    assert done.returncode == 0
    daemon.process.send_signal(signal.SIGCONT)
    assert daemon.ask("ping") is not None


def test_the_socket_is_closed_to_others_and_any_path_is_short_enough(
    allowed: ProjectWorld,
) -> None:
    deep = allowed.world.home / "/".join(["x" * 60] * 4)
    deep.mkdir(parents=True, mode=0o700)
    daemon = Daemon(home=allowed, runtime=deep)
    daemon.start()
    try:
        path = deep / "devenv/daemon.socket"
        assert len(str(path)) > 108
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
    finally:
        daemon.stop()
    assert not path.exists()


@pytest.mark.parametrize("what", ["missing", "open to others", "empty"])
def test_without_a_session_folder_of_ours_it_is_in_the_state_folder(
    allowed: ProjectWorld, what: str
) -> None:
    runtime = allowed.world.home / "session"
    if what == "open to others":
        runtime.mkdir()
        runtime.chmod(0o777)
    daemon = Daemon(home=allowed, runtime=runtime if what != "empty" else Path())
    daemon.start()
    try:
        assert (daemon.state / "daemon/daemon.socket").exists()
    finally:
        daemon.stop()


def test_a_socket_that_is_something_else_is_replaced(allowed: ProjectWorld) -> None:
    runtime = allowed.world.home / "runtime"
    (runtime / "devenv").mkdir(parents=True, mode=0o700)
    runtime.chmod(0o700)
    place = runtime / "devenv/daemon.socket"
    squatter = socket.socket(socket.AF_UNIX)
    squatter.bind(str(place))
    squatter.close()
    with a_daemon(allowed) as daemon:
        assert daemon.ask("ping") is not None


def test_it_is_started_stopped_and_asked_by_command(allowed: ProjectWorld) -> None:
    runtime = allowed.world.home / "runtime"
    runtime.mkdir(mode=0o700)
    env = {"XDG_RUNTIME_DIR": str(runtime)}
    assert allowed.run("daemon", "status", env=env).returncode == 1
    assert allowed.run("daemon", "start", env=env).returncode == 0
    try:
        assert allowed.run("wait", "--timeout", "30", env=env).returncode == 0
        first = json.loads(allowed.run("daemon", "status", "--json", env=env).stdout)
        assert first["running"]
        assert [each["state"] for each in first["projects"]] == ["ready"]
        again = allowed.run("daemon", "start", env=env)
        assert str(first["pid"]) in again.stderr
        assert allowed.run("daemon", "restart", env=env).returncode == 0
        later = json.loads(allowed.run("daemon", "status", "--json", env=env).stdout)
        assert later["pid"] != first["pid"]
    finally:
        assert allowed.run("daemon", "stop", env=env).returncode == 0
    assert allowed.run("daemon", "status", env=env).returncode == 1
    assert "no daemon" in allowed.run("events", env=env).stderr


def test_hooks_start_it_where_the_user_wants_that(allowed: ProjectWorld) -> None:
    runtime = allowed.world.home / "runtime"
    runtime.mkdir(mode=0o700)
    env = {"XDG_RUNTIME_DIR": str(runtime)}
    place = runtime / "devenv/daemon.socket"
    ask = ("reload", "--background", "--project", str(allowed.folder))
    assert allowed.run(*ask, env=env).returncode == 0
    assert allowed.run("wait", env=env).returncode == 0
    assert not place.exists()
    configuration = allowed.world.home / ".config/devenv/config.toml"
    write(configuration, configuration.read_text() + "[daemon]\non_demand = true\n")
    try:
        assert allowed.run(*ask, env=env).returncode == 0
        until(place.exists)
    finally:
        until(lambda: allowed.run("daemon", "stop", env=env).returncode == 0)


def test_install_writes_a_unit_that_starts_this_devenv(allowed: ProjectWorld) -> None:
    done = allowed.run("daemon", "install")
    assert done.returncode == 0, done.stderr
    unit = allowed.world.home / ".config/systemd/user/devenv.service"
    assert unit.read_text() == done.stdout
    assert "ExecStart=" in done.stdout
    assert "systemctl --user enable" in done.stderr
    verify = shutil.which("systemd-analyze")
    if verify:
        env = allowed.world.environment(XDG_RUNTIME_DIR=str(allowed.world.home))
        subprocess.run([verify, "--user", "verify", str(unit)], check=True, env=env)


def test_watch_once_builds_one_project_here(project: ProjectWorld) -> None:
    spec_text(project, "first")
    refused = project.run("watch", "--once")
    assert refused.returncode == 1
    assert "not allowed" in refused.stderr
    assert project.run("allow", "--yes").returncode == 0
    project.write_spec("hello", "toolbox", tables='[env]\nA = "first"\n')
    done = project.run("watch", "--once")
    assert done.returncode == 0, done.stderr
    assert "toolbox" in project.lock_text
