"""What a collection keeps, and what it takes."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from devenv.errors import StoreError
from devenv.store.collect import Garbage, Limits, collect, find_garbage
from devenv.store.collector_lock import collector_locked
from devenv.store.discard import Removed, next_count
from devenv.store.keepers import GRACE, Kind, Spared
from devenv.store.locks import PathLocks
from devenv.store.store import Store
from tests.fixtures.stores import (
    NOON,
    directories_in,
    info_of,
    make,
    named,
    open_store,
    realise,
    start_child,
    wait_for,
)

APP, LIBRARY, OTHER = named("app"), named("library"), named("other")
NOW = Spared(is_now=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with APP, which refers to LIBRARY, and OTHER; nothing keeps them."""
    with open_store(tmp_path) as store:
        with store.session() as session, session.making([LIBRARY, APP, OTHER]) as batch:
            make(batch, LIBRARY)
            make(batch, APP, references=[LIBRARY])
            make(batch, OTHER)
            batch.commit()
        yield store


def garbage(store: Store, spared: Spared = NOW) -> Garbage:
    return store.look(lambda context: find_garbage(context, spared))


def dead(store: Store, spared: Spared = NOW) -> set[str]:
    return set(garbage(store, spared).dead)


def collected(
    store: Store, spared: Spared = NOW, limits: Limits | None = None
) -> Removed:
    return store.change(
        lambda context: collect(context, spared, limits=limits or Limits())
    )


def left(store: Store) -> set[str]:
    names = {path.name for path in store.directory.iterdir() if path.name[0] != "."}
    assert names == {info.path.base for info in store.infos()}
    assert {f"{name}.json" for name in names} == {
        path.name for path in (store.directory / ".records").iterdir()
    }
    return names


def test_what_nothing_keeps_goes(store: Store) -> None:
    assert dead(store) == {APP.base, LIBRARY.base, OTHER.base}
    assert collected(store).path_count == 3
    assert left(store) == set()


def test_a_root_keeps_its_closure(store: Store) -> None:
    store.add_root("app", [APP], label="an app")

    keeper = garbage(store).keepers[APP.base]
    assert (keeper.kind, keeper.label) == (Kind.ROOT, "an app")
    assert collected(store).path_count == 1
    assert left(store) == {APP.base, LIBRARY.base}


def test_a_root_that_is_to_be_dropped_keeps_nothing(store: Store) -> None:
    store.add_root("app", [APP])

    spared = Spared(is_now=True, roots=frozenset({"app"}))
    assert dead(store, spared) == {APP.base, LIBRARY.base, OTHER.base}


def test_a_living_session_keeps_what_it_needs(store: Store, tmp_path: Path) -> None:
    with open_store(tmp_path) as other, other.session() as session:
        session.keep([APP])
        assert garbage(store).keepers[APP.base].name == str(os.getpid())
        collected(store)
        assert left(store) == {APP.base, LIBRARY.base}
    collected(store)
    assert left(store) == set()


def test_the_lease_of_a_killed_process_keeps_nothing(
    store: Store, tmp_path: Path
) -> None:
    def keep_and_die() -> None:
        with open_store(tmp_path) as other, other.session() as session:
            session.keep([APP])
            os._exit(0)

    assert wait_for(start_child(keep_and_die)) == 0
    assert dead(store) == {APP.base, LIBRARY.base, OTHER.base}
    collected(store)
    assert left(store) == set()
    assert list((store.directory / ".leases").iterdir()) == []


def test_what_was_just_made_has_a_grace(tmp_path: Path) -> None:
    moment = NOON
    with Store.open(directories_in(tmp_path), lambda: moment) as store:
        with store.session() as session:
            realise(session, [APP])
        assert dead(store, Spared()) == set()
        moment = NOON + GRACE - timedelta(seconds=1)
        assert dead(store, Spared()) == set()
        # A clock that was set back gives no path more age than it has.
        moment = NOON - timedelta(days=3000)
        assert dead(store, Spared()) == set()
        moment = NOON + GRACE
        assert dead(store, Spared()) == {APP.base}


@contextmanager
def using(store: Store, how: str) -> Iterator[None]:
    """Have a real process use APP in some way while the body runs."""
    place = store.path_of(APP)
    env = {"PATH": "/usr/bin:/bin"}
    directory = Path("/")
    words = ["sh", "-c", "read -r line"]
    if how == "variable":
        env["ENVIRONMENT"] = f"/usr:{place}:/bin"
    elif how == "folder":
        directory = place / "share"
    else:
        words += [f"{place}/program"]
    child = subprocess.Popen(
        words, env=env, cwd=directory, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield
    finally:
        child.communicate(b"\n")


@pytest.mark.parametrize("how", ["variable", "folder", "word"])
def test_what_a_running_program_uses_stays(store: Store, how: str) -> None:
    with using(store, how):
        assert garbage(store).keepers[APP.base].kind is Kind.PROCESS
        collected(store)
        assert left(store) == {APP.base, LIBRARY.base}
    collected(store)
    assert left(store) == set()


def test_a_file_that_is_open_or_mapped_stays(store: Store) -> None:
    with (store.path_of(APP) / "share/text").open():
        assert APP.base not in dead(store)
    assert APP.base in dead(store)


def test_a_program_that_runs_stays(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        with store.session() as session, session.making([APP]) as batch:
            place = batch.scratch(APP)
            program = place / "cat"
            program.write_bytes(Path("/bin/cat").read_bytes())
            program.chmod(0o555)
            batch.finish(APP, info_of(APP, place))
            batch.commit()
        with subprocess.Popen(
            [store.path_of(APP) / "cat"], env={}, stdin=subprocess.PIPE, cwd="/"
        ) as child:
            assert dead(store) == set()
            child.communicate(b"")
        assert dead(store) == {APP.base}


def test_the_roots_of_every_state_folder_count(store: Store, tmp_path: Path) -> None:
    elsewhere = replace(directories_in(tmp_path), state=tmp_path / "elsewhere/state")
    with Store.open(elsewhere, lambda: NOON) as other:
        other.add_root("app", [APP])
    assert APP.base not in dead(store)

    # Only the folder was removed: its roots with it.
    (tmp_path / "elsewhere/state").rename(tmp_path / "elsewhere/moved")
    assert APP.base in dead(store)

    # The disk that it was on may come back.
    (tmp_path / "elsewhere").rename(tmp_path / "unmounted")
    with pytest.raises(StoreError, match="not there whose roots"):
        dead(store, Spared())
    assert APP.base in dead(store, NOW)


def test_a_root_that_cannot_be_read_stops_a_collection(store: Store) -> None:
    store.add_root("app", [APP])
    (store.root_stamp("app").parent / "app.json").write_text("{")

    with pytest.raises(StoreError, match="cannot be understood"):
        collected(store)
    assert left(store) == {APP.base, LIBRARY.base, OTHER.base}


def test_a_path_that_was_lost_goes_too(store: Store, tmp_path: Path) -> None:
    store.path_of(OTHER).chmod(0o755)
    store.path_of(OTHER).rename(tmp_path / "gone")
    with store.session() as session, session.making([OTHER]):
        pass

    assert collected(store).path_count == 3
    assert left(store) == set()


def test_as_much_goes_as_was_asked_for_the_oldest_first(tmp_path: Path) -> None:
    moment = NOON
    paths = [named(f"path{number}") for number in range(6)]
    with Store.open(directories_in(tmp_path), lambda: moment) as store:
        for path in reversed(paths):
            with store.session() as session:
                realise(session, [path])
            moment += timedelta(minutes=1)
        each = garbage(store).dead[paths[0].base]

        removed = collected(store, limits=Limits(max_bytes=2 * each - 1))

        assert removed.path_count == 2
        assert removed.freed_bytes == 2 * each
        assert left(store) == {path.base for path in paths[:4]}
        assert collected(store, limits=Limits(max_bytes=0)).path_count == 0
        assert collected(store, limits=Limits(min_free_bytes=1)).path_count == 0
        assert collected(store, limits=Limits(min_free_bytes=1 << 60)).path_count == 4


def test_a_limit_leaves_no_path_without_what_it_refers_to(store: Store) -> None:
    for count in (2, 1, 0):
        collected(store, limits=Limits(max_bytes=1))
        assert len(left(store)) == count
        names = {info.path.base for info in store.infos()}
        assert {r for info in store.infos() for r in info.references} <= names


def record_of(path: Path) -> Path:
    return path.parent / f".records/{path.name}.json"


def test_two_collections_do_not_meet(store: Store) -> None:
    def try_once() -> None:
        with pytest.raises(BlockingIOError):
            store.change(lambda context: collect(context, NOW, is_waiting=False))

    with store.look(lambda context: collector_locked(context.layout)):
        assert wait_for(start_child(try_once)) == 0


def test_what_is_freed_is_what_was_foretold_and_what_the_disk_says(
    store: Store,
) -> None:
    foretold = sum(garbage(store).dead.values())
    names = [store.path_of(path) for path in (APP, LIBRARY, OTHER)]
    blocks = {
        found.st_ino: found.st_blocks * 512
        for name in names
        for path in (name, record_of(name), *name.rglob("*"))
        for found in [path.lstat()]
    }

    removed = collected(store)

    assert removed.freed_bytes == foretold == sum(blocks.values())


def test_a_session_on_a_full_disk_collects_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = NOON + 2 * GRACE
    monkeypatch.setattr("devenv.store.session.COLLECT_BELOW_BYTES", 1 << 60)
    directories = directories_in(store.directory.parent)
    store.add_root("app", [APP])
    with Store.open(directories, lambda: moment) as later, later.session() as session:
        realise(session, [named("more")])
    assert left(store) == {APP.base, LIBRARY.base, named("more").base}


def test_many_paths_go_a_few_at_a_time_but_for_those_in_the_making(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devenv.store.discard._AT_ONCE", 2)
    more = [named(f"more{number}") for number in range(5)]
    with store.session() as session:
        realise(session, more)
    debris = named("debris")
    store.path_of(debris).mkdir()
    layout = store.look(lambda context: context.layout)
    (store.directory / ".trash-of-before").mkdir()

    with PathLocks(layout, waiting=None, patience_seconds=60) as others:
        others.take([debris.base])
        assert collected(store).path_count == len(more) + 3
        seen = [path.name for path in store.directory.iterdir()]
        assert [name for name in seen if name[0] != "."] == [debris.base]
    assert list(layout.records.iterdir()) == []

    collected(store)
    assert left(store) == set()
    assert list(store.directory.glob(".t*")) == []


@pytest.mark.parametrize(
    ("count", "seconds", "following"),
    [
        pytest.param(128, 0.01, 256, id="quick"),
        pytest.param(512, 0.01, 512, id="as many as there may be"),
        pytest.param(512, 1.0, 128, id="slow"),
        pytest.param(10, 1.0, 8, id="as few as there may be"),
    ],
)
def test_who_waits_for_a_path_waits_for_few_others(
    count: int, seconds: float, following: int
) -> None:
    assert next_count(count, seconds) == following
