"""A collection that is killed, meets a full or failing disk, or another collection."""

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from devenv.errors import StoreError
from devenv.host.process import run
from devenv.store.collect import Limits, collect
from devenv.store.keepers import Spared
from devenv.store.kill_points import KillPoints
from devenv.store.store import Store
from tests.faults.test_store_disk_faults import (
    ENVIRONMENT,
    REPOSITORY,
    in_namespace,
    with_strace,
)
from tests.fixtures.kill_everywhere import killed_everywhere, roots_in
from tests.fixtures.store_crowd import collect_all
from tests.fixtures.stores import (
    in_child,
    make,
    named,
    open_store,
    realise,
    start_child,
    wait_for,
)

APP, LIBRARY, OLD, OLDER = (named(name) for name in ("app", "library", "old", "older"))


def fill(root: Path) -> None:
    """Make two paths that a root keeps, two that nothing keeps, and debris."""
    with open_store(root) as store, store.session() as session:
        with session.making([LIBRARY, APP, OLDER, OLD]) as batch:
            make(batch, LIBRARY)
            make(batch, APP, references=[LIBRARY])
            make(batch, OLDER)
            make(batch, OLD, references=[OLDER])
            batch.commit()
        store.add_root("app", [APP])
    debris = root / "store" / named("debris").base
    debris.mkdir()
    (debris / "file").write_text("left by a killed process")


def collect_with(root: Path, env: dict[str, str]) -> None:
    with open_store(root, env=env) as store:
        collect_all(store)


def check_what_is_left(root: Path) -> None:
    """What a root holds is whole; the next collection leaves nothing else."""
    with open_store(root) as store:
        assert store.verify() == ()
        assert {info.path for info in store.closure([APP])} == {APP, LIBRARY}
        collect_all(store)
        assert {info.path for info in store.infos()} == {APP, LIBRARY}
        assert store.verify() == ()
        with store.session() as session:
            assert set(realise(session, [OLD, OLDER])) == {OLD, OLDER}
        store.remove_root("app")
        collect_all(store)
        assert store.infos() == ()
        names = [path.name for path in store.directory.iterdir()]
        assert [n for n in names if not n.startswith(".") or n.startswith(".t")] == []
        for folder in (".leases", ".records"):
            assert list((store.directory / folder).iterdir()) == []


def test_a_collection_may_be_killed_anywhere(tmp_path: Path) -> None:
    for root in killed_everywhere(roots_in(tmp_path), fill, collect_with):
        check_what_is_left(root)


@pytest.mark.soak
def test_a_collection_up_to_a_limit_may_be_killed_anywhere(tmp_path: Path) -> None:
    def collect_some(root: Path, env: dict[str, str]) -> None:
        with open_store(root, env=env) as store:
            collect_all(store, Limits(max_bytes=1))

    for root in killed_everywhere(roots_in(tmp_path), fill, collect_some):
        check_what_is_left(root)


def test_two_collections_at_once_take_turns(tmp_path: Path) -> None:
    fill(tmp_path)
    children = [start_child(lambda: collect_with(tmp_path, {})) for _ in range(6)]
    assert [wait_for(child) for child in children] == [0] * 6
    check_what_is_left(tmp_path)


def collect_and_stop(root: Path, step: str, ready: int, released: int) -> None:
    """Collect, and wait at each `step` until told to go on."""

    def stop(_: KillPoints, name: str) -> None:
        if name == step:
            os.write(ready, b"!")
            os.read(released, 1)

    pytest.MonkeyPatch().setattr(KillPoints, "reach", stop)
    collect_with(root, {})


def realise_all(root: Path) -> None:
    with open_store(root) as store:
        with store.session() as session:
            realise(session, [OLD, OLDER, APP, LIBRARY])
            assert store.verify([OLD, OLDER, APP, LIBRARY]) == ()
            store.add_root("old", [OLD, OLDER])
        assert len(store.closure([OLD, OLDER])) == 2


@pytest.mark.parametrize(
    ("step", "is_waited_for"),
    [
        pytest.param("chosen", True, id="in its transaction"),
        pytest.param("unregistered", False, id="before a path's lock"),
        pytest.param("looked", False, id="after a look for what is left"),
        pytest.param("paths-trashed", True, id="with a path's lock"),
        pytest.param("trashed", False, id="while it removes"),
    ],
)
def test_a_realise_at_any_moment_of_a_collection_gets_its_paths(
    tmp_path: Path, step: str, *, is_waited_for: bool
) -> None:
    """Hold the collector at each of its steps; realise what it has just doomed."""
    fill(tmp_path)
    heard, ready = os.pipe()
    released, release = os.pipe()
    collector = start_child(lambda: collect_and_stop(tmp_path, step, ready, released))
    assert os.read(heard, 1) == b"!"
    realiser = start_child(lambda: realise_all(tmp_path))
    if not is_waited_for:
        assert wait_for(realiser) == 0
    os.write(release, b"!!!!")
    assert wait_for(collector) == 0
    if is_waited_for:
        assert wait_for(realiser) == 0
    with open_store(tmp_path) as store:
        assert {info.path for info in store.infos()} == {APP, LIBRARY, OLD, OLDER}
        assert store.verify() == ()
    for descriptor in (heard, ready, released, release):
        os.close(descriptor)


def test_who_plans_while_a_collection_runs_is_never_robbed(tmp_path: Path) -> None:
    fill(tmp_path)
    with open_store(tmp_path) as store, store.session() as session:
        session.keep([OLD])
        assert in_child(lambda: collect_with(tmp_path, {})) == 0
        assert {i.path for i in store.infos()} == {APP, LIBRARY, OLD, OLDER}


def test_a_collection_that_need_not_wait_does_not(tmp_path: Path) -> None:
    fill(tmp_path)
    heard, ready = os.pipe()

    def hold() -> None:
        def stop(_: KillPoints, name: str) -> None:
            if name == "unregistered":
                os.write(ready, b"!")
                signal.pause()

        pytest.MonkeyPatch().setattr(KillPoints, "reach", stop)
        collect_with(tmp_path, {})

    holder = start_child(hold)
    assert os.read(heard, 1) == b"!"
    with open_store(tmp_path) as store, pytest.raises(BlockingIOError):
        collect_now(store, is_waiting=False)
    os.kill(holder, signal.SIGKILL)
    wait_for(holder)
    check_what_is_left(tmp_path)
    os.close(heard)
    os.close(ready)


def collect_now(store: Store, *, is_waiting: bool = True) -> None:
    store.change(
        lambda context: collect(context, Spared(is_now=True), is_waiting=is_waiting)
    )


def test_a_reserve_that_was_given_up_is_taken_again(tmp_path: Path) -> None:
    fill(tmp_path)
    reserve = tmp_path / "store/.reserve"
    size = reserve.stat().st_size
    assert size > 0
    reserve.write_bytes(b"")
    with open_store(tmp_path) as store:
        assert reserve.stat().st_size == size
        reserve.unlink()
        collect_all(store)
    assert reserve.stat().st_size == size


@in_namespace
def test_a_disk_without_a_free_byte_can_be_collected(tmp_path: Path) -> None:
    program = ["unshare", "-Urm", sys.executable, "-m", "tests.fixtures.full_disk"]
    completed = run(
        [*program, "collect", str(tmp_path), "2400", "3300"],
        env=ENVIRONMENT,
        cwd=REPOSITORY,
    )
    assert completed.status == 0, completed.stderr.decode()
    trials = [json.loads(line) for line in completed.stdout.splitlines()]
    assert len(trials) == 2
    for trial in trials:
        assert trial["free_before"] == 0
        assert trial["freed"] > 0
        assert trial["left"] == 1
        assert trial["wrong"] == []


COLLECT = """
import sys
from pathlib import Path
from devenv.errors import StoreError
from tests.fixtures.store_crowd import collect_all
from tests.fixtures.stores import open_store
try:
    with open_store(Path(sys.argv[1])) as store:
        collect_all(store)
except StoreError as error:
    print(error.what)
    sys.exit(1)
"""


def traced_collection(root: Path, injection: str) -> tuple[int, str]:
    """Collect in a process into which strace injects a fault."""
    options = ["-f", "-qq", "-o", "/dev/null", "-e", f"inject={injection}"]
    program = [sys.executable, "-c", COLLECT, str(root)]
    completed = run(["strace", *options, *program], env=ENVIRONMENT, cwd=REPOSITORY)
    assert b"Traceback" not in completed.stderr, completed.stderr.decode()
    return completed.status, completed.stdout.decode()


@with_strace
@pytest.mark.parametrize(
    "injection",
    ["unlinkat:error=EIO", "renameat:error=ENOSPC", "fdatasync:error=EIO"],
)
def test_a_failing_disk_loses_nothing_in_a_collection(
    tmp_path: Path, injection: str
) -> None:
    fill(tmp_path)
    traced_collection(tmp_path, injection)
    check_what_is_left(tmp_path)


def test_a_collection_of_a_read_only_store_is_refused(tmp_path: Path) -> None:
    fill(tmp_path)
    with open_store(tmp_path) as opened:
        store = Store(
            opened.look(lambda context: context),
            state=tmp_path / "state",
            can_write=False,
        )
        with pytest.raises(StoreError, match="read-only"):
            collect_all(store)
    check_what_is_left(tmp_path)
