"""What would go, where that is plain to see: the same as where it is not."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from devenv.operations.plain_collection import UNUSED_SECONDS, plan_plainly
from devenv.plan.expire_roots import AD_HOC_LIFETIME
from devenv.store.collect import find_garbage
from devenv.store.keepers import GRACE, Spared
from devenv.store.roots import RootKind
from devenv.store.store import Store
from tests.fixtures.stores import NOON, make, named, open_store

APP, LIBRARY, OTHER = named("app"), named("library"), named("other")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with APP, which refers to LIBRARY, and OTHER, all of them measured."""
    with open_store(tmp_path) as store:
        with store.session() as session, session.making([LIBRARY, APP, OTHER]) as batch:
            make(batch, LIBRARY)
            make(batch, APP, references=[LIBRARY])
            make(batch, OTHER)
            batch.commit()
        dead(store)
        yield store


def dead(store: Store, *, is_now: bool = True) -> dict[str, int]:
    spared = Spared(is_now=is_now)
    return store.look(lambda context: find_garbage(context, spared)).dead


def plain(
    store: Store, *, is_now: bool = True, later: timedelta = timedelta(0)
) -> dict[str, int] | None:
    home = store.directory.parent
    planned = plan_plainly(
        str(store.directory),
        str(home / "state"),
        str(home / "cache"),
        now_seconds=(NOON + later).timestamp(),
        is_now=is_now,
    )
    return None if planned is None else dict(zip(*planned[0], strict=True))


def project_root(store: Store, home: Path) -> None:
    home.mkdir(exist_ok=True)
    (home / "devenv.toml").touch()
    store.add_root("project-1", [APP], kind=RootKind.PROJECT, label=str(home))


def link_root(store: Store, home: Path) -> None:
    (home / "result").symlink_to(store.path_of(APP))
    store.add_root("link-1", [APP], kind=RootKind.PROJECT, label=str(home / "result"))


def ad_hoc_root(store: Store, _: Path) -> None:
    store.add_root("ad-hoc-1", [APP], kind=RootKind.AD_HOC, label="app")


@pytest.mark.parametrize("add_root", [project_root, link_root, ad_hoc_root])
def test_roots_keep_what_they_reach(
    store: Store, tmp_path: Path, add_root: Callable[[Store, Path], None]
) -> None:
    assert plain(store) == dead(store)
    assert set(dead(store)) == {APP.base, LIBRARY.base, OTHER.base}
    add_root(store, tmp_path)
    assert plain(store) == dead(store)
    assert set(dead(store)) == {OTHER.base}


def test_an_open_file_keeps_its_path(store: Store) -> None:
    with (store.path_of(OTHER) / "program").open():
        assert plain(store) == dead(store)
        assert OTHER.base not in dead(store)


def test_what_is_young_stays_without_now(store: Store) -> None:
    assert plain(store, is_now=False) == dead(store, is_now=False) == {}
    later = GRACE + timedelta(seconds=1)
    assert plain(store, is_now=False, later=later) == dead(store)


def another_state(store: Store, _: Path) -> None:
    other = store.directory.parent / "other state"
    (store.directory / ".states/another").write_bytes(os.fsencode(other))


def a_lease(store: Store, _: Path) -> None:
    store.look(
        lambda context: context.database.write(
            lambda connection: (
                connection.execute(
                    "INSERT INTO lease VALUES ('token', ?)", (APP.base,)
                ).rowcount
            ),
            is_durable=False,
        )
    )


def a_link_elsewhere(store: Store, home: Path) -> None:
    link_root(store, home)
    (home / "result").unlink()
    (home / "result").symlink_to(store.path_of(OTHER))


def a_project_that_is_gone(store: Store, home: Path) -> None:
    project_root(store, home / "project")
    shutil.rmtree(home / "project")


def a_root_that_is_no_json(store: Store, home: Path) -> None:
    project_root(store, home)
    (home / "state/roots/project-1.json").write_text("{")


def an_environment_unused_for_long(store: Store, home: Path) -> None:
    ad_hoc_root(store, home)
    then = (NOON - AD_HOC_LIFETIME).timestamp()
    os.utime(home / "state/roots/ad-hoc-1.used", (then, then))


def another_boot(store: Store, _: Path) -> None:
    (store.directory / ".database/condition").write_text("another boot")


@pytest.mark.parametrize(
    "complicate",
    [
        another_state,
        a_lease,
        a_link_elsewhere,
        a_project_that_is_gone,
        an_environment_unused_for_long,
        another_boot,
    ],
)
def test_what_is_not_plain_is_left_to_the_long_way(
    store: Store, tmp_path: Path, complicate: Callable[[Store, Path], None]
) -> None:
    complicate(store, tmp_path)
    assert plain(store) is None


def test_a_root_that_cannot_be_read_is_left_to_the_long_way(
    store: Store, tmp_path: Path
) -> None:
    a_root_that_is_no_json(store, tmp_path)
    with pytest.raises(sqlite3.Error):
        plain(store)


def test_both_ways_let_ad_hoc_environments_live_as_long() -> None:
    assert timedelta(seconds=UNUSED_SECONDS) == AD_HOC_LIFETIME


def extents(store: Store) -> int:
    def count(connection: sqlite3.Connection) -> int:
        (found,) = connection.execute("SELECT count(*) FROM extent").fetchone()
        return int(found)

    return store.look(lambda context: context.database.read(count))


def forget_extents(store: Store) -> None:
    store.look(
        lambda context: context.database.write(
            lambda connection: connection.execute("DELETE FROM extent").rowcount,
            is_durable=False,
        )
    )


def test_what_was_never_measured_is_measured_and_remembered(store: Store) -> None:
    sizes = dead(store)
    forget_extents(store)
    store.look(lambda context: context.layout.record(OTHER.base).unlink())
    found = plain(store)
    assert found is not None
    assert found.pop(OTHER.base) < sizes.pop(OTHER.base)
    assert found == sizes
    assert extents(store) == 3


def test_much_that_was_never_measured_is_left_to_what_shows_progress(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_extents(store)
    monkeypatch.setattr("devenv.store.plain_garbage._MOST_TO_MEASURE", 2)
    assert plain(store) is None
    assert extents(store) == 0


def test_what_is_used_stays_where_nothing_was_measured(store: Store) -> None:
    sizes = dead(store)
    forget_extents(store)
    with (store.path_of(OTHER) / "program").open():
        assert plain(store) == {base: sizes[base] for base in (APP.base, LIBRARY.base)}
    assert plain(store) == sizes


def test_processes_are_looked_at_where_no_thread_is_to_be_had(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("_thread.start_new_thread", refuse)
    with (store.path_of(OTHER) / "program").open():
        assert plain(store) == dead(store)
        assert OTHER.base not in dead(store)
