"""A store under kill -9, stopped processes and crowds."""

import os
import random
import resource
import signal
import subprocess
from pathlib import Path
from queue import Queue

import pytest

from devenv.errors import StoreError
from devenv.model.store_path import StorePath
from devenv.store.kill_points import VARIABLE
from devenv.store.locks import Wait, lock_offset
from devenv.store.verify import Fault
from tests.fixtures.kill_everywhere import killed_everywhere, roots_in
from tests.fixtures.stores import (
    fill,
    in_child,
    make,
    named,
    open_store,
    realise,
    start_child,
    wait_for,
)

APP = named("app")
LIBRARY = named("library")


def realise_two(root: Path, env: dict[str, str]) -> None:
    with (
        open_store(root, env=env) as store,
        store.session() as session,
        session.making([APP, LIBRARY]) as batch,
    ):
        for path, references in ((LIBRARY, []), (APP, [LIBRARY])):
            if path in batch.missing:
                make(batch, path, references=references)
        batch.commit()


def check_is_sound_and_usable(root: Path) -> None:
    """Nothing registered is wrong, everything can be made, nothing is left."""
    with open_store(root) as store:
        # What a test lost on purpose is no fault of the store.
        assert {d.fault for d in store.verify()} <= {Fault.MISSING}
        with store.session() as session:
            realise(session, [APP, LIBRARY])
        assert {info.path for info in store.infos()} == {APP, LIBRARY}
        assert store.verify() == ()
        store.delete_all()
        rest = [p.name for p in store.directory.iterdir()]
        assert [n for n in rest if not n.startswith(".") or n.startswith(".t")] == []
        assert list((store.directory / ".leases").iterdir()) == []


def test_a_realise_killed_anywhere_leaves_a_sound_store(tmp_path: Path) -> None:
    def nothing(root: Path) -> None:
        assert not (root / "store").exists()

    for root in killed_everywhere(roots_in(tmp_path), nothing, realise_two):
        with open_store(root) as store:
            assert store.verify() == ()
        check_is_sound_and_usable(root)


def test_making_a_lost_path_again_may_be_killed_anywhere(tmp_path: Path) -> None:
    def lose_one(root: Path) -> None:
        realise_two(root, {})
        lost = root / "store" / LIBRARY.base
        # Another parent is given only to a folder that may be written to.
        lost.chmod(0o755)
        lost.rename(root / "gone")

    for root in killed_everywhere(roots_in(tmp_path), lose_one, realise_two):
        check_is_sound_and_usable(root)


def test_deleting_everything_may_be_killed_anywhere(tmp_path: Path) -> None:
    def delete(root: Path, env: dict[str, str]) -> None:
        with open_store(root, env=env) as store:
            store.delete_all()

    def prepare(root: Path) -> None:
        realise_two(root, {})

    for root in killed_everywhere(roots_in(tmp_path), prepare, delete):
        check_is_sound_and_usable(root)


def test_a_rebuild_killed_anywhere_loses_no_path(tmp_path: Path) -> None:
    def break_database(root: Path) -> None:
        realise_two(root, {})
        (root / "store/.database/store.v2.1.sqlite").write_bytes(b"nonsense")

    def look(root: Path, env: dict[str, str]) -> None:
        with open_store(root, env=env) as store:
            assert len(store.infos()) == 2

    for root in killed_everywhere(roots_in(tmp_path), break_database, look):
        with open_store(root) as store:
            assert len(store.infos()) == 2
        check_is_sound_and_usable(root)


def test_kill_points_need_the_marker_file(tmp_path: Path) -> None:
    assert in_child(lambda: realise_two(tmp_path, {VARIABLE: "1"})) == 0


def count_and_realise(root: Path, paths: list[StorePath], *, start: int) -> None:
    """Make `paths` after `start` is closed; write down what was made."""
    os.read(start, 1)
    log = os.open(root / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    with open_store(root) as store, store.session() as session:
        with session.making(paths) as batch:
            for path in batch.missing:
                os.write(log, path.base.encode() + b"\n")
                make(batch, path)
            batch.commit()
        assert store.verify(paths) == ()


def crowd(root: Path, sets: list[list[StorePath]]) -> list[str]:
    """Have one process for each set realise it, all at once; return the log."""
    waiting, start = os.pipe()
    children = []
    for paths in sets:

        def act(paths: list[StorePath] = paths) -> None:
            os.close(start)
            count_and_realise(root, paths, start=waiting)

        children.append(start_child(act))
    os.close(start)
    os.close(waiting)
    assert [wait_for(child) for child in children] == [0] * len(children)
    return (root / "log").read_text().splitlines()


def make_when_told(root: Path, begun: int, go_on: int) -> None:
    """Begin to make APP, say so on `begun`, and end once `go_on` is closed."""
    with (
        open_store(root) as store,
        store.session() as session,
        session.making([APP]) as batch,
    ):
        os.write(begun, b"!")
        os.read(go_on, 1)
        make(batch, APP)
        batch.commit()


def wait_and_tell(root: Path, told: int) -> None:
    """Ask for APP, which somebody makes; write down who that is said to be."""

    def tell(wait: Wait) -> None:
        assert wait.path == APP
        assert wait.holder is not None
        os.write(told, b"%d\n" % wait.holder.pid)

    with (
        open_store(root, patience_seconds=0.01) as store,
        store.session() as session,
        session.making([APP], waiting=tell) as batch,
    ):
        assert batch.missing == ()
        assert store.info(APP) is not None


def test_32_processes_ask_for_a_path_that_one_makes(tmp_path: Path) -> None:
    begun, begin = os.pipe()
    stopped, stop = os.pipe()
    heard, told = os.pipe()

    def maker_acts() -> None:
        os.close(stop)
        make_when_told(tmp_path, begin, stopped)

    def waiter_acts() -> None:
        os.close(stop)
        wait_and_tell(tmp_path, told)

    maker = start_child(maker_acts)
    assert os.read(begun, 1) == b"!"
    waiters = [start_child(waiter_acts) for _ in range(31)]
    lines = b""
    while lines.count(b"\n") < len(waiters):
        lines += os.read(heard, 1 << 12)
    os.close(stop)
    assert [wait_for(child) for child in (maker, *waiters)] == [0] * 32
    assert lines == b"%d\n" % maker * len(waiters)
    for descriptor in (begun, begin, stopped, heard, told):
        os.close(descriptor)


def test_32_processes_at_once_make_the_same_path_once(tmp_path: Path) -> None:
    assert crowd(tmp_path, [[APP]] * 32) == [APP.base]


def test_overlapping_sets_are_made_once_and_without_deadlock(tmp_path: Path) -> None:
    chance = random.Random(20260102)  # noqa: S311 (not a secret)
    paths = [named(f"path{number}") for number in range(24)]
    sets = [chance.sample(paths, 12) for _ in range(8)]

    made = crowd(tmp_path, sets)

    wanted = {path.base for some in sets for path in some}
    assert sorted(made) == sorted(wanted)


def hold_lock(root: Path, ready: int) -> None:
    """Begin to make APP, say so on `ready`, and never end."""
    with (
        open_store(root) as store,
        store.session() as session,
        session.making([APP]) as batch,
    ):
        fill(batch.scratch(APP), "half")
        os.write(ready, b"!")
        signal.pause()


def start_holder(root: Path) -> int:
    heard, ready = os.pipe()
    child = start_child(lambda: hold_lock(root, ready))
    os.close(ready)
    assert os.read(heard, 1) == b"!"
    os.close(heard)
    return child


def test_who_waits_learns_who_holds_the_lock(tmp_path: Path) -> None:
    holder = start_holder(tmp_path)
    os.kill(holder, signal.SIGSTOP)
    told: Queue[Wait] = Queue()

    def tell_and_free(wait: Wait) -> None:
        told.put(wait)
        os.kill(holder, signal.SIGKILL)

    with (
        open_store(tmp_path, patience_seconds=0.01) as store,
        store.session() as session,
        session.making([APP], waiting=tell_and_free) as batch,
    ):
        make(batch, APP)
        batch.commit()

    assert wait_for(holder) == -signal.SIGKILL
    wait = told.get_nowait()
    assert wait.path == APP
    assert wait.holder is not None
    assert wait.holder.pid == holder
    assert told.empty()


def test_an_interrupted_wait_leaves_nothing(tmp_path: Path) -> None:
    holder = start_holder(tmp_path)
    with open_store(tmp_path, patience_seconds=0.01) as store:

        def interrupt(_: Wait) -> None:
            os.kill(os.getpid(), signal.SIGINT)

        with (
            store.session() as session,
            pytest.raises(KeyboardInterrupt),
            session.making([LIBRARY, APP], waiting=interrupt),
        ):
            pytest.fail("the lock is held by another process")
        os.kill(holder, signal.SIGKILL)
        wait_for(holder)
    check_is_sound_and_usable(tmp_path)


def test_a_program_that_outlives_the_holder_does_not_keep_its_locks(
    tmp_path: Path,
) -> None:
    stdin, heart = os.pipe()
    heard, ready = os.pipe()

    def hold_and_run() -> None:
        with (
            open_store(tmp_path) as store,
            store.session() as session,
            session.making([APP]),
        ):
            subprocess.Popen(["cat"], stdin=stdin)
            os.write(ready, b"!")
            signal.pause()

    holder = start_child(hold_and_run)
    assert os.read(heard, 1) == b"!"
    os.kill(holder, signal.SIGKILL)
    wait_for(holder)

    # Would wait for ever if `cat` held the lock.
    check_is_sound_and_usable(tmp_path)
    for descriptor in (stdin, heart, heard, ready):
        os.close(descriptor)


def test_paths_that_share_a_lock_are_made_in_one_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lock_offset(APP.base) != lock_offset(LIBRARY.base)
    monkeypatch.setattr("devenv.store.locks.lock_offset", lambda _: 5)
    with open_store(tmp_path) as store, store.session() as session:
        with session.making([APP, LIBRARY]) as batch:
            make(batch, APP)
            batch.commit()
            # LIBRARY is still locked: another process must not get it.
            assert in_child(lambda: cannot_lock(tmp_path)) == 0
            make(batch, LIBRARY)
            batch.commit()
        assert len(store.infos()) == 2


def cannot_lock(root: Path) -> None:
    with open_store(root, patience_seconds=0.01) as store, store.session() as session:

        def give_up(_: Wait) -> None:
            os._exit(0)

        with session.making([LIBRARY], waiting=give_up):
            raise AssertionError("the lock was free")


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_no_umask_changes_modes(tmp_path: Path, umask: int) -> None:
    def realise_under_umask() -> None:
        os.umask(umask)
        with open_store(tmp_path / "home") as store, store.session() as session:
            realise(session, [APP, LIBRARY])

    assert in_child(realise_under_umask) == 0
    store = tmp_path / "home/store"
    modes = {
        name: f"{(store / name).stat().st_mode & 0o7777:o}"
        for name in (".", ".records", ".leases", ".database", APP.base)
    }
    assert modes == {
        ".": "700",
        ".records": "700",
        ".leases": "700",
        ".database": "700",
        APP.base: "555",
    }
    assert (store / f".records/{APP.base}.json").stat().st_mode & 0o777 == 0o444
    check_is_sound_and_usable(tmp_path / "home")


def test_few_descriptors_give_a_clear_error_and_no_wrong_path(tmp_path: Path) -> None:
    outcomes = set()
    for limit in range(4, 40, 3):
        root = tmp_path / str(limit)

        def realise_within(root: Path = root, limit: int = limit) -> None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
            try:
                realise_two(root, {})
            except StoreError:
                os._exit(7)

        outcomes.add(in_child(realise_within))
        check_is_sound_and_usable(root)
    assert outcomes == {0, 7}
