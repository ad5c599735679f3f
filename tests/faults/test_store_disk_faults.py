"""A store on a disk that is full, failing or read-only."""

import errno
import json
import os
import resource
import signal
import sys
import threading
from pathlib import Path
from unittest.mock import ANY

import pytest

from devenv.errors import StoreError
from devenv.host.process import run
from devenv.model.store_path import PathKind
from devenv.store.flush_ahead import WORTH_FILES
from tests.fixtures.reach import let_others_reach
from tests.fixtures.stores import in_child, make, named, open_store, realise

APP = named("app")
REPOSITORY = Path(__file__).parents[2]
ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "PYTHONDONTWRITEBYTECODE": "1"}
# Some sandboxes have user namespaces, but no file systems in them.
_TRIAL = "unshare -Urm mount -t tmpfs -o size=64k tmpfs /tmp"
CAN_UNSHARE = run(["sh", "-c", _TRIAL], env=ENVIRONMENT).status == 0
CAN_TRACE = run(["sh", "-c", "strace -e trace=none true"], env=ENVIRONMENT).status == 0
in_namespace = pytest.mark.skipif(
    not CAN_UNSHARE, reason="user namespaces are not available here"
)
with_strace = pytest.mark.skipif(not CAN_TRACE, reason="strace is not available here")


def on_small_disks(*arguments: str) -> list[dict[str, object]]:
    """Return what `tests.fixtures.full_disk` reports."""
    program = ["unshare", "-Urm", sys.executable, "-m", "tests.fixtures.full_disk"]
    completed = run([*program, *arguments], env=ENVIRONMENT, cwd=REPOSITORY)
    assert completed.status == 0, completed.stderr.decode()
    return [json.loads(line) for line in completed.stdout.splitlines()]


@in_namespace
@pytest.mark.parametrize(
    ("kind", "step", "last", "message"),
    [
        pytest.param("size", 40, 1400, "the disk of the store is full", id="bytes"),
        pytest.param("nr_inodes", 3, 60, "no room for more files", id="inodes"),
    ],
)
def test_a_full_disk_gives_a_clear_error_and_a_retry_works(
    tmp_path: Path, kind: str, step: int, last: int, message: str
) -> None:
    trials = on_small_disks(kind, str(tmp_path), str(step), str(last))

    assert all(trial["wrong"] == [] for trial in trials)
    assert all(trial["debris"] == [] for trial in trials)
    assert {trial["count"] for trial in trials} == {6}
    outcomes = {str(trial["first"]) for trial in trials}
    assert "made" in outcomes
    failures = outcomes - {"made"}
    assert failures
    assert [text for text in failures if message not in text] == []


@in_namespace
def test_a_read_only_store_can_be_used_but_not_changed(tmp_path: Path) -> None:
    (trial,) = on_small_disks("read-only", str(tmp_path))

    assert trial["count"] == 6
    assert trial["made"] == 0
    assert trial["wrong"] == []
    assert "read-only" in str(trial["first"])


@in_namespace
def test_a_disk_where_programs_do_not_run_is_refused(tmp_path: Path) -> None:
    (trial,) = on_small_disks("noexec", str(tmp_path))

    assert "programs cannot be run" in str(trial["first"])


@in_namespace
def test_garbage_goes_before_what_would_not_fit_is_made(tmp_path: Path) -> None:
    (trial,) = on_small_disks("room", str(tmp_path))

    assert trial == {"small": [], "large": [6], "left": 2, "too large": ANY}
    assert "MiB free, 500.0 MiB needed" in str(trial["too large"])


def test_too_little_room_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with (
        open_store(tmp_path) as store,
        store.session() as session,
        pytest.raises(
            StoreError, match=r"full: .* MiB free, 1099511627776.0 MiB needed"
        ),
        session.making([APP], sizes={APP: 1 << 60}),
    ):
        pytest.fail("there is no such disk")


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, r"full: .* MiB free, 5.0 MiB needed"),
        (errno.EDQUOT, r"full: .* MiB free, 5.0 MiB needed"),
        (errno.EROFS, "read-only"),
        (errno.EMFILE, r"too many open files \(limit \d+\)"),
        (errno.EIO, "disk reports an error"),
    ],
)
def test_what_fails_while_a_path_is_filled_is_explained(
    tmp_path: Path, number: int, message: str
) -> None:
    with (
        open_store(tmp_path) as store,
        store.session() as session,
        pytest.raises(StoreError, match=message),
        session.making([APP], sizes={APP: 5 << 20}),
    ):
        raise OSError(number, os.strerror(number))


def test_an_error_that_is_not_of_the_store_passes_unchanged(tmp_path: Path) -> None:
    with (
        open_store(tmp_path) as store,
        store.session() as session,
        pytest.raises(FileNotFoundError),
        session.making([APP]),
    ):
        raise FileNotFoundError


def test_a_file_larger_than_the_limit_leaves_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.infos()

    def write_much() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
        with (
            open_store(tmp_path) as store,
            store.session() as session,
            session.making([APP]) as batch,
        ):
            (batch.scratch(APP) / "large").write_bytes(b"x" * (2 << 20))

    def write_and_be_told() -> None:
        with pytest.raises(StoreError, match="larger than the limit"):
            write_much()

    assert in_child(write_and_be_told) == 0
    assert list(tmp_path.glob("store/.tmp-*")) == []


REALISE = """
import sys
import threading
from pathlib import Path
from devenv.errors import StoreError
from tests.fixtures.stores import make, named, open_store, realise
try:
    with open_store(Path(sys.argv[1])) as store, store.session() as session:
        realise(session, [named("app")])
except StoreError as error:
    print(error.what, error.where, sep="|")
    sys.exit(1)
"""


def traced(root: Path, injection: str) -> tuple[int, str]:
    """Realise a path in a process into which strace injects a fault."""
    program = [sys.executable, "-c", REALISE, str(root)]
    options = ["-f", "-qq", "-o", "/dev/null", "-e", f"inject={injection}"]
    completed = run(["strace", *options, *program], env=ENVIRONMENT, cwd=REPOSITORY)
    assert b"Traceback" not in completed.stderr, completed.stderr.decode()
    return completed.status, completed.stdout.decode()


@with_strace
@pytest.mark.parametrize(
    ("injection", "message"),
    [
        pytest.param("syncfs:error=EIO", "disk reports an error", id="flush"),
        pytest.param("syncfs:error=ENOSPC", "disk of the store is full", id="delayed"),
        pytest.param("renameat2:error=EIO", "disk reports an error", id="rename"),
        pytest.param("flock:error=ENOLCK", "cannot lock", id="no locks"),
    ],
)
def test_a_failing_disk_registers_nothing(
    tmp_path: Path, injection: str, message: str
) -> None:
    with open_store(tmp_path):
        pass
    status, output = traced(tmp_path, injection)

    assert status == 1
    assert message in output
    with open_store(tmp_path) as store:
        assert store.infos() == ()
        assert not store.path_of(APP).exists()
        with store.session() as session:
            realise(session, [APP])
        assert store.verify() == ()


def test_a_flush_that_failed_before_the_commit_fails_the_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails_beside(_: int) -> None:
        # The kernel tells of it once: the commit's own flush goes well.
        if threading.current_thread() is not threading.main_thread():
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("devenv.store.realise.sync_file_system", fails_beside)
    monkeypatch.setattr("devenv.store.flush_ahead.WORTH_FILES", 1)
    with open_store(tmp_path) as store, store.session() as session:
        with pytest.raises(StoreError, match="disk reports an error"):
            realise(session, [APP], kind=PathKind.UNPACKED)

        assert store.infos() == ()


def test_what_was_noted_in_between_is_flushed_beside_the_making(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed_by = []
    monkeypatch.setattr(
        "devenv.store.realise.sync_file_system",
        lambda _: flushed_by.append(threading.current_thread()),
    )
    with (
        open_store(tmp_path) as store,
        store.session() as session,
        session.making([APP]) as batch,
    ):
        batch.note_made(files=WORTH_FILES, size_bytes=0)
        make(batch, APP, kind=PathKind.TREE)
        valid_meanwhile = []
        batch.commit(meanwhile=lambda: valid_meanwhile.append(store.infos()))

    assert valid_meanwhile == [()]
    assert len(flushed_by) == 2
    assert threading.main_thread() not in flushed_by


@with_strace
@pytest.mark.parametrize("error", ["ENOSYS", "EINVAL"])
def test_a_kernel_without_renameat2_will_do(tmp_path: Path, error: str) -> None:
    assert traced(tmp_path, f"renameat2:error={error}") == (0, "")


@pytest.mark.long
@with_strace
@pytest.mark.parametrize(
    "call", ["rename", "renameat2", "pwrite64", "unlink", "fchmod"]
)
def test_a_kill_at_any_system_call_leaves_a_sound_store(
    tmp_path: Path, call: str
) -> None:
    for number in range(1, 400, 3):
        root = tmp_path / str(number)
        status, _ = traced(root, f"{call}:signal=KILL:when={number}")
        with open_store(root) as store, store.session() as session:
            assert store.verify() == ()
            realise(session, [APP])
            assert store.verify() == ()
        if status == 0:
            return
        assert status in {-signal.SIGKILL, 128 + signal.SIGKILL}
    pytest.fail("the calls never end")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_user_without_privileges_can_make_and_delete_paths(tmp_path: Path) -> None:
    # Root ignores modes: renaming and removing read-only directories works
    # for root in ways that it does not for others.
    let_others_reach(tmp_path)
    home = tmp_path / "nobody"
    home.mkdir()
    os.chown(home, 65534, 65534)

    def use_as_nobody() -> None:
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)
        with open_store(home) as store:
            with store.session() as session:
                realise(session, [APP])
                with session.making([named("more")]) as batch:
                    make(batch, batch.missing[0])
            assert store.verify() == ()
            store.path_of(APP).rename(store.path_of(named("debris")))
            assert store.delete_all().path_count == 1
            names = [p.name for p in store.directory.iterdir()]
            assert [n for n in names if not n.startswith(".")] == []
            assert [n for n in names if n.startswith(".t")] == []

    assert in_child(use_as_nobody) == 0
