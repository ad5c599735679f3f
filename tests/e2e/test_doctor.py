"""The doctor on machines that really have what it finds."""

import json
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from pathlib import Path

import pytest

from devenv.host.hook_text import hook_mark, render_hook
from devenv.operations.doctor_shell import HOOK_VARIABLE
from devenv.plan.diagnosis.projects import OTHER_TOOLS
from tests.faults.test_store_disk_faults import in_namespace
from tests.fixtures.ad_hoc import LAUNCHER
from tests.fixtures.elf_tree import need_compiler
from tests.fixtures.http_server import Exchange, refused_address, status
from tests.fixtures.shared_libraries import make_library
from tests.fixtures.world import World, is_root
from tests.shells.terminal import required

RELEASE = "/debian/dists/stable/InRelease"

Row = Mapping[str, str]


@dataclass(frozen=True)
class Patient:
    """A user's machine, and what the doctor says of it."""

    world: World

    def examine(
        self,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        through: Sequence[str] = (),
        cwd: Path | None = None,
    ) -> list[Row]:
        """Return all findings; the exit status is that of the worst of them."""
        done = self.world.run(
            "doctor", "--json", *arguments, env=env, through=through, cwd=cwd
        )
        assert done.stdout, done.stderr
        rows: list[Row] = json.loads(done.stdout)["findings"]
        is_bad = any(row["level"] == "problem" for row in rows)
        assert done.returncode == int(is_bad), done.stdout
        return rows

    def found(self, identity: str, **options: object) -> list[Row]:
        """Return the findings of one id, without asking the network."""
        rows = self.examine("--offline", **options)  # type: ignore[arg-type]
        return [row for row in rows if row["id"] == identity]

    def level(self, identity: str, **options: object) -> str:
        """Return the levels of one id."""
        return " ".join(row["level"] for row in self.found(identity, **options))


@pytest.fixture
def patient(world: World) -> Patient:
    return Patient(world)


def within(script: str) -> list[str]:
    """Return what runs a command after a script, as root of a namespace of its own."""
    unshare = required("unshare")
    return [unshare, "-Urm", "sh", "-c", f'{script}\nexec "$@"', "sh"]


def mounted(patient: Patient, options: str, *, kind: str = "tmpfs") -> Sequence[str]:
    """Return what runs a command with another file system under the store."""
    store = patient.world.home / ".local/share/devenv"
    store.mkdir(parents=True, exist_ok=True)
    return within(f"mount -t {kind} -o {options} {kind} '{store}' || exit 9")


def test_a_machine_that_works_has_no_problem(patient: Patient) -> None:
    patient.world.run("run", "hello")
    rows = patient.examine()

    assert {row["level"] for row in rows} <= {"ok", "note"}
    assert {row["id"]: row["level"] for row in rows}["mirror"] == "ok"
    assert {row["id"]: row["level"] for row in rows}["clock"] == "ok"


def test_words_and_exit_status_agree(patient: Patient) -> None:
    done = patient.world.run("doctor", env={"DEVENV_STORE_DIR": "relative"})

    assert done.returncode == 1
    assert done.stdout.startswith("PROBLEM folders: the store needs an absolute path")
    assert "\n  at relative\n" in done.stdout
    assert "in all: 1 problem, 0 warnings, 0 notes\n" in done.stdout


def test_a_wrong_configuration_is_a_problem_and_not_the_end(patient: Patient) -> None:
    (patient.world.home / ".config/devenv/config.toml").write_text("colour = 1\n")
    rows = patient.examine("--offline")

    assert [row["level"] for row in rows if row["id"] == "configuration"] == ["problem"]
    assert any(row["id"] == "shells" for row in rows)


@in_namespace
@pytest.mark.parametrize(
    ("options", "level"),
    [
        pytest.param("size=4g", "ok", id="room"),
        pytest.param("size=30m", "problem", id="no room"),
        pytest.param("size=4g,nr_inodes=200", "problem", id="no inodes"),
        pytest.param("size=4g,noexec", "problem", id="no programs"),
        pytest.param("size=4g,ro", "problem", id="read-only"),
    ],
)
def test_a_disk_is_looked_at(patient: Patient, options: str, level: str) -> None:
    through = mounted(patient, options)

    assert patient.level("disk.store", through=through) == level


@in_namespace
def test_store_and_downloads_on_two_disks_are_noted(patient: Patient) -> None:
    assert patient.level("disk.together") == "ok"
    through = mounted(patient, "size=4g")
    assert patient.level("disk.together", through=through) == "note"


def test_a_disk_with_times_in_whole_seconds_is_noted(patient: Patient) -> None:
    patient.world.run("run", "hello")
    for path in patient.world.store.iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000), follow_symlinks=False)

    found = [row["what"] for row in patient.found("disk.store")]
    assert found == ["this file system keeps times in whole seconds"]


def test_a_disk_without_upper_case_is_a_problem(patient: Patient) -> None:
    patient.world.run("run", "hello")
    # What such a file system shows, by a link: few kernels make one without root.
    (patient.world.store / ".LOCKS").symlink_to(".locks")

    assert patient.level("disk.store") == "problem"


@in_namespace
@pytest.mark.parametrize(
    "limit", ["max_inotify_watches", "max_inotify_instances"], ids=lambda name: name
)
def test_the_kernels_limit_of_watches_is_met(patient: Patient, limit: str) -> None:
    assert patient.level("inotify") == "ok"
    through = within(f"echo 0 >/proc/sys/user/{limit}")

    (row,) = patient.found("inotify", through=through)

    assert row["level"] == "warning"
    assert row["where"] == "/proc/sys/fs/inotify"


@in_namespace
def test_namespaces_that_nobody_may_make_are_noted(patient: Patient) -> None:
    through = within("echo 0 >/proc/sys/user/max_user_namespaces")

    (row,) = patient.found("namespaces", through=through)

    assert row["level"] == "note"
    assert "No space left on device" in row["what"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_hook_is_seen_by_what_its_shell_starts(
    patient: Patient, shell: str
) -> None:
    program = required(shell)
    text = patient.world.home / "hook"
    text.write_text(render_hook(shell, str(LAUNCHER)))
    plain = {"bash": "--norc", "zsh": "-f", "fish": "--no-config"}[shell]
    new = hook_mark(shell)

    def level(script: str, **variables: str) -> str:
        # Something after it: a shell executes its last command in its own place.
        words = f"{script}; '{LAUNCHER}' doctor --json --offline; true"
        done = patient.world.run(
            through=[program, plain, "-c", words], env=variables
        ).stdout
        rows: list[Row] = json.loads(done)["findings"]
        return next(row["level"] for row in rows if row["id"] == "hook")

    assert level(f". '{text}'") == "ok"
    assert level("true") == "note"
    # It came from a shell around this one.
    assert level("true", **{HOOK_VARIABLE: f"{shell} {new} 1"}) == "note"
    text.write_text(text.read_text().replace(new, "00000000"))
    assert level(f". '{text}'") == "warning"


def test_a_hook_that_only_stands_in_the_rc_file_is_told(patient: Patient) -> None:
    (patient.world.home / ".bashrc").write_text('eval "$(devenv hook bash)"\n')
    words = f"'{LAUNCHER}' doctor --json --offline; true"
    done = patient.world.run(through=[required("bash"), "--norc", "-c", words])
    rows = json.loads(done.stdout)["findings"]
    (row,) = [row for row in rows if row["id"] == "hook"]

    assert row["advice"].startswith("start a new shell")
    assert row["where"] == str(patient.world.home / ".bashrc")


def test_another_devenv_on_path_is_told(patient: Patient) -> None:
    first, last = patient.world.home / "first", patient.world.home / "last"
    for folder in (first, last):
        folder.mkdir()
    (last / "devenv").symlink_to(LAUNCHER)
    (first / "devenv").write_text("#!/bin/sh\necho another tool\n")
    (first / "devenv").chmod(0o755)

    def told(*folders: Path) -> list[tuple[str, str]]:
        path = ":".join(map(str, [*folders, "/usr/bin", "/bin"]))
        rows = patient.found("command", env={"PATH": path})
        return [(row["level"], row["what"]) for row in rows]

    another = "another program named devenv"
    assert told(first, last) == [("warning", f"{another} comes first on PATH")]
    assert told(last, first)[1] == ("note", f"{another} comes later on PATH")


def test_an_old_shell_is_told(patient: Patient) -> None:
    folder = patient.world.home / "old"
    folder.mkdir()
    (folder / "zsh").write_text("#!/bin/sh\necho 'zsh 5.2 (x86_64-pc-linux)'\n")
    (folder / "zsh").chmod(0o755)
    path = f"{folder}:/usr/bin:/bin"

    assert patient.level("shells", env={"PATH": path}) == "warning ok"


def test_folders_of_another_user_or_open_to_others_are_a_problem(
    patient: Patient,
) -> None:
    patient.world.run("run", "hello")
    state = patient.world.home / ".local/state/devenv"
    (state / "roots").chmod(0o777)
    (row,) = patient.found("folders")
    assert (row["level"], row["where"]) == ("problem", str(state / "roots"))
    (state / "roots").chmod(0o700)
    if is_root():
        os.chown(state / "roots", 12345, 12345)
        (row,) = patient.found("folders")
        assert row["what"].startswith("belongs to another user")
        assert "chown" in row["advice"]


def test_what_interrupted_work_has_left_is_counted(patient: Patient) -> None:
    patient.world.run("run", "hello")
    store = patient.world.store
    assert patient.level("leftovers") == "ok"
    (store / ".tmp-deadbeef-1").mkdir()
    (store / ".trash-1").mkdir()
    (store / ".leases/deadbeef").touch()
    cache = patient.world.home / ".cache/devenv/downloads/ab"
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "abcd.part").touch()

    (row,) = patient.found("leftovers")

    assert row["level"] == "note"
    for each in ("unfinished", "removed", "sessions", "half downloads"):
        assert each in row["what"]


def test_a_daemon_that_died_has_left_its_socket(patient: Patient) -> None:
    folder = patient.world.home / ".local/state/devenv/daemon"
    folder.mkdir(parents=True)
    place = folder / "daemon.socket"
    with socket.socket(socket.AF_UNIX) as dead:
        os.chdir(folder)
        dead.bind(place.name)

    (row,) = patient.found("daemon")

    assert (row["level"], row["where"]) == ("note", str(place))


def test_files_of_other_tools_are_named_with_what_becomes_of_them(
    patient: Patient,
) -> None:
    folder = patient.world.home / "project"
    folder.mkdir()
    for name in OTHER_TOOLS:
        (folder / name).touch()

    rows = patient.found("project", cwd=folder)

    assert [row["where"] for row in rows] == [f"{folder}/{n}" for n in OTHER_TOOLS]
    assert {row["level"] for row in rows} == {"note"}
    assert all(row["advice"] for row in rows)


def test_a_mirror_that_does_not_answer_is_a_problem(patient: Patient) -> None:
    patient.world.server.faults[RELEASE] = [status(503)]
    rows = patient.examine()
    (row,) = [row for row in rows if row["id"] == "mirror"]
    assert (row["level"], row["what"]) == ("problem", "the server answers 503 Because")

    config = patient.world.home / ".config/devenv/config.toml"
    base = patient.world.server.base
    config.write_text(config.read_text().replace(base, refused_address()))
    (row,) = [row for row in patient.examine() if row["id"] == "mirror"]
    assert row["level"] == "problem"
    assert row["what"].startswith("no connection")


def test_offline_no_mirror_is_asked(patient: Patient) -> None:
    assert patient.level("mirror") == "ok"
    assert patient.world.server.requests == []


@pytest.mark.parametrize("days", [-2, 2])
def test_a_clock_that_is_not_the_mirrors_is_told(patient: Patient, days: int) -> None:
    def answer(exchange: Exchange) -> None:
        moment = datetime.now(UTC) + timedelta(days=days)
        date = formatdate(moment.timestamp(), usegmt=True)
        exchange.head("200 OK", {"Date": date, "Content-Length": 0})

    patient.world.server.faults[RELEASE] = [answer]
    (row,) = [row for row in patient.examine() if row["id"] == "clock"]

    assert row["level"] == "warning"


def test_a_clock_behind_what_an_archive_has_sent_is_a_problem(
    patient: Patient,
) -> None:
    patient.world.run("run", "hello")
    state = patient.world.home / ".local/state/devenv"
    (record,) = (state / "releases").glob("*.json")
    later = datetime.now(UTC) + timedelta(days=30)
    newest = {**json.loads(record.read_text()), "date": later.isoformat()}
    record.write_text(json.dumps(newest))

    assert patient.level("clock") == "problem"


def test_a_library_path_that_breaks_programs_is_a_problem(patient: Patient) -> None:
    need_compiler()
    required("bash")
    folder = patient.world.home / "libraries"
    # What bash needs, and neither sh nor Python.
    make_library(
        folder / "libtinfo.so.6",
        "int nothing;",
        soname="libtinfo.so.6",
        versions="OTHER_1 { global: nothing; };",
    )

    (row,) = patient.found("LD_LIBRARY_PATH", env={"LD_LIBRARY_PATH": str(folder)})

    assert row["level"] == "problem"
    assert str(folder) in row["where"]


def test_it_is_quick_without_a_network(patient: Patient) -> None:
    before = os.times()
    patient.examine("--offline")
    after = os.times()

    # Time of the processor, not of a machine that others use, too.
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    assert used < 1.0
