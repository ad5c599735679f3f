"""What a store promises to those who use it."""

import sqlite3
import stat
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from graphlib import CycleError
from pathlib import Path

import pytest

from devenv.errors import StoreError
from devenv.host.files import names_in
from devenv.model.store_path import PathKind, StorePath
from devenv.store.contents import registered
from devenv.store.database import Database
from devenv.store.realise import Batch
from devenv.store.session import Session
from devenv.store.store import Store
from tests.fixtures.stores import (
    fill,
    in_child,
    info_of,
    make,
    named,
    open_store,
    realise,
)

APP = named("app")
LIBRARY = named("library")


@pytest.fixture
def store(tmp_path: Path) -> Generator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def leftovers(store: Store) -> list[str]:
    """Return scratch, trash and leases that nobody needs."""
    names = [p.name for p in store.directory.iterdir()]
    unneeded = [n for n in names if n.startswith((".tmp-", ".trash-"))]
    return unneeded + [p.name for p in (store.directory / ".leases").iterdir()]


def test_a_new_store_has_no_path(store: Store) -> None:
    assert store.info(APP) is None
    assert store.infos() == ()


def test_a_committed_path_is_valid_and_read_only(store: Store) -> None:
    with store.session() as session:
        made = realise(session, [APP])

    assert made == (APP,)
    assert store.path_of(APP).joinpath("share/text").read_text() == APP.base
    assert stat.S_IMODE(store.path_of(APP).stat().st_mode) == 0o555
    assert store.infos() == (store.info(APP),)
    assert store.verify() == ()
    assert leftovers(store) == []


def test_what_is_known_of_a_path_is_what_was_recorded(store: Store) -> None:
    with store.session() as session, session.making([APP]) as batch:
        scratch = batch.scratch(APP)
        fill(scratch, "content")
        info = info_of(APP, scratch)
        batch.finish(APP, info)
        batch.commit()

    assert store.info(APP) == info


def test_a_valid_path_is_not_made_again(store: Store) -> None:
    with store.session() as session:
        realise(session, [APP])

        assert realise(session, [APP, LIBRARY]) == (LIBRARY,)


def test_a_finished_path_is_invisible_until_the_commit(store: Store) -> None:
    with store.session() as session, session.making([APP]) as batch:
        make(batch, APP)

        assert store.info(APP) is None

        batch.commit()

        assert store.info(APP) is not None


def test_a_batch_may_commit_more_than_once(store: Store) -> None:
    with store.session() as session, session.making([APP, LIBRARY]) as batch:
        make(batch, LIBRARY)
        batch.commit()
        make(batch, APP, references=[LIBRARY])
        batch.commit()

    assert {info.path for info in store.infos()} == {APP, LIBRARY}


def test_a_closure_holds_references_of_references(store: Store) -> None:
    top = named("top")
    with store.session() as session, session.making([APP, LIBRARY, top]) as batch:
        make(batch, top, references=[APP])
        make(batch, APP, references=[LIBRARY])
        make(batch, LIBRARY)
        batch.commit()

    assert {info.path for info in store.closure([top])} == {top, APP, LIBRARY}
    assert [info.path for info in store.closure([LIBRARY])] == [LIBRARY]
    with pytest.raises(StoreError, match="not valid"):
        store.closure([named("absent")])


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_nothing_stays_of_a_batch_that_fails(
    store: Store, error: type[BaseException]
) -> None:
    def fail(session: Session) -> None:
        with session.making([APP, LIBRARY]) as batch:
            make(batch, APP)
            fill(batch.scratch(LIBRARY), "half")
            raise error

    with store.session() as session:
        with pytest.raises(error):
            fail(session)

        assert store.infos() == ()
        assert not store.path_of(APP).exists()
        assert list((store.directory / ".records").iterdir()) == []
        assert realise(session, [APP]) == (APP,)
    assert leftovers(store) == []


def test_nothing_stays_of_a_batch_without_a_commit(store: Store) -> None:
    with store.session() as session, session.making([APP]) as batch:
        make(batch, APP)

    assert not store.path_of(APP).exists()
    assert leftovers(store) == []


def test_what_is_committed_stays_though_the_batch_fails(store: Store) -> None:
    def fail(session: Session) -> None:
        with session.making([APP, LIBRARY]) as batch:
            make(batch, APP)
            batch.commit()
            make(batch, LIBRARY)
            raise RuntimeError

    with store.session() as session:
        with pytest.raises(RuntimeError):
            fail(session)

        assert [info.path for info in store.infos()] == [APP]
        assert store.verify() == ()


def test_an_interrupt_after_the_commit_leaves_the_path_in_place(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The row is there, and others may use the path, though this process was
    # interrupted before it could note that.
    database = store._context.database
    write = database.write

    def write_and_be_interrupted(
        action: Callable[[sqlite3.Connection], object], *, is_durable: bool
    ) -> object:
        result = write(action, is_durable=is_durable)
        if is_durable:
            raise KeyboardInterrupt
        return result

    with store.session() as session:
        monkeypatch.setattr(database, "write", write_and_be_interrupted)
        with pytest.raises(KeyboardInterrupt):
            realise(session, [APP])
        monkeypatch.undo()

    assert store.info(APP) is not None
    assert store.verify() == ()


def test_debris_at_a_final_name_is_replaced(store: Store) -> None:
    debris = store.path_of(APP)
    debris.mkdir()
    (debris / "half").write_text("written")
    debris.chmod(0o555)

    with store.session() as session:
        realise(session, [APP])

    assert not (debris / "half").exists()
    assert store.verify() == ()
    assert leftovers(store) == []


def test_a_path_whose_directory_vanished_is_made_again(store: Store) -> None:
    with store.session() as session:
        with session.making([APP, LIBRARY]) as batch:
            make(batch, LIBRARY)
            make(batch, APP, references=[LIBRARY])
            batch.commit()
        lost = store.path_of(LIBRARY)
        lost.chmod(0o755)
        lost.rename(store.directory.parent / "elsewhere")

        assert store.info(LIBRARY) is None
        assert realise(session, [APP, LIBRARY]) == (LIBRARY,)

    assert store.verify() == ()
    assert len(store.closure([APP])) == 2


def test_a_reference_to_what_is_not_valid_is_refused(store: Store) -> None:
    with store.session() as session:
        with session.making([APP]) as batch:
            make(batch, APP, references=[LIBRARY])
            with pytest.raises(StoreError, match="not valid"):
                batch.commit()

        assert store.infos() == ()


def test_a_cycle_of_references_is_refused(store: Store) -> None:
    with store.session() as session:
        with session.making([APP, LIBRARY]) as batch:
            make(batch, APP, references=[LIBRARY])
            make(batch, LIBRARY, references=[APP])
            with pytest.raises(CycleError):
                batch.commit()

        assert store.infos() == ()


def test_an_unpacked_archive_refers_to_nothing(store: Store) -> None:
    with store.session() as session, session.making([APP]) as batch:
        scratch = batch.scratch(APP)
        info = info_of(APP, scratch, references=[LIBRARY], kind=PathKind.UNPACKED)

        with pytest.raises(ValueError, match="refers to nothing"):
            batch.finish(APP, info)


def test_only_what_is_missing_can_be_made(store: Store) -> None:
    with store.session() as session:
        realise(session, [APP])
        with session.making([APP]) as batch, pytest.raises(ValueError, match="not to"):
            batch.scratch(APP)


def test_a_record_must_be_that_of_its_path(store: Store) -> None:
    with store.session() as session, session.making([APP]) as batch:
        info = replace(info_of(APP, batch.scratch(APP)), path=LIBRARY)

        with pytest.raises(ValueError, match="not that of"):
            batch.finish(APP, info)


def test_a_file_that_appears_at_the_final_name_is_not_replaced(store: Store) -> None:
    with store.session() as session:
        with session.making([APP]) as batch:
            store.path_of(APP).mkdir()
            with pytest.raises(StoreError, match="something else"):
                make(batch, APP)

        assert store.info(APP) is None


def test_a_session_holds_one_batch_at_a_time(store: Store) -> None:
    with (
        store.session() as session,
        session.making([APP]),
        pytest.raises(RuntimeError, match="already"),
        session.making([LIBRARY]),
    ):
        pass


def test_threads_may_finish_paths_of_one_batch(store: Store) -> None:
    paths = [named(f"part{number}") for number in range(40)]
    with store.session() as session, session.making(paths) as batch:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda path: make(batch, path), batch.missing))
        batch.commit()

    assert len(store.infos()) == 40
    assert store.verify() == ()


@pytest.mark.parametrize(
    "base", ["../evil", "", ".tmp-x", "a" * 32, "a" * 32 + "-x/y", "A" * 32 + "-x-1"]
)
def test_a_name_that_is_no_store_path_leads_nowhere(store: Store, base: str) -> None:
    with pytest.raises(StoreError, match="not the name"):
        store.path_of(StorePath(base))


def test_a_store_opened_before_a_fork_works_in_the_child(store: Store) -> None:
    with store.session() as session:
        realise(session, [APP])

        def use() -> None:
            assert store.info(APP) is not None
            with store.session() as own:
                realise(own, [LIBRARY])

        assert in_child(use) == 0
        assert store.info(LIBRARY) is not None
        assert realise(session, [named("more")])


def test_everything_can_be_deleted(store: Store) -> None:
    with store.session() as session, session.making([APP, LIBRARY]) as batch:
        make(batch, LIBRARY)
        make(batch, APP, references=[LIBRARY])
        batch.commit()
    debris = store.path_of(named("debris"))
    debris.mkdir()
    (store.directory / ".tmp-dead-1").mkdir()
    (store.directory / ".trash-old").mkdir()

    removed = store.delete_all()

    assert removed.path_count == 2
    assert removed.freed_bytes > 0
    assert store.infos() == ()
    visible = [p.name for p in store.directory.iterdir() if not p.name.startswith(".")]
    assert visible == []
    assert list((store.directory / ".records").iterdir()) == []
    assert leftovers(store) == []


def test_a_store_in_use_is_deleted_only_by_force(store: Store, tmp_path: Path) -> None:
    with open_store(tmp_path) as other, other.session() as session:
        realise(session, [APP])

        with pytest.raises(StoreError, match="in use by"):
            store.delete_all()
        assert store.info(APP) is not None

        assert store.delete_all(is_forced=True).path_count == 1
        assert realise(session, [APP]) == (APP,)


def test_a_session_that_begins_while_scratch_is_removed_keeps_its_own(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = ExitStack()
    batches: list[Batch] = []

    def begin_and_list(directory: Path) -> list[str]:
        # What the collector learnt of sessions before this is out of date.
        if not batches:
            session = begun.enter_context(store.session())
            batches.append(begun.enter_context(session.making([APP])))
            fill(batches[0].scratch(APP), "content")
        return names_in(directory)

    monkeypatch.setattr("devenv.store.discard.names_in", begin_and_list)
    with begun:
        store.delete_all(is_forced=True)
        (scratch,) = store.directory.glob(".tmp-*")
        batches[0].finish(APP, info_of(APP, scratch))
        batches[0].commit()

    assert store.verify() == ()


def test_a_path_that_becomes_valid_while_it_looks_like_debris_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = ExitStack()
    session = begun.enter_context(store.session())
    batch = begun.enter_context(session.making([APP]))
    make(batch, APP)

    def look_and_commit(database: Database, bases: Iterable[str]) -> set[str]:
        found = registered(database, bases)
        if store.info(APP) is None:
            batch.commit()
        return found

    monkeypatch.setattr("devenv.store.discard.registered", look_and_commit)
    with begun:
        store.delete_all(is_forced=True)

    assert store.info(APP) is not None
    assert store.verify() == ()


def test_a_path_in_the_making_survives_a_forced_deletion(
    store: Store, tmp_path: Path
) -> None:
    with (
        open_store(tmp_path) as other,
        other.session() as session,
        session.making([APP]) as batch,
    ):
        make(batch, APP)
        store.delete_all(is_forced=True)
        batch.commit()

    assert store.info(APP) is not None
    assert store.verify() == ()
