"""A newer devenv meets the database of an older one, which may still be running."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from devenv.errors import StoreError
from devenv.store.kill_points import MARKER_NAME, VARIABLE
from devenv.store.roots import RootKind
from tests.fixtures.old_store import become_devenv_of_schema_1, tables_of
from tests.fixtures.stores import (
    in_child,
    make,
    named,
    open_store,
    realise,
    start_child,
    wait_for,
)

APP, LIBRARY, MORE = named("app"), named("library"), named("more")
OLD = "store/.database/store.v1.1.sqlite"
NEW = "store/.database/store.v2.2.sqlite"


def in_old_devenv(action: Callable[[], None]) -> int:
    def act() -> None:
        become_devenv_of_schema_1()
        action()

    return start_child(act)


def filled_by_old_devenv(root: Path) -> None:
    def fill() -> None:
        with open_store(root) as store, store.session() as session:
            with session.making([APP, LIBRARY]) as batch:
                make(batch, LIBRARY)
                make(batch, APP, references=[LIBRARY])
                batch.commit()
            store.add_root("app", [APP], kind=RootKind.PROJECT)

    assert wait_for(in_old_devenv(fill)) == 0
    assert (root / OLD).exists()


def bases(root: Path) -> set[str]:
    with open_store(root) as store:
        assert store.verify() == ()
        return {info.path.base for info in store.infos()}


def test_an_old_database_is_brought_up_to_date_and_kept_beside(tmp_path: Path) -> None:
    filled_by_old_devenv(tmp_path)
    before = (tmp_path / OLD).read_bytes()

    assert bases(tmp_path) == {APP.base, LIBRARY.base}

    assert (tmp_path / OLD).read_bytes() == before
    with open_store(tmp_path / "new") as store:
        assert store.infos() == ()
    fresh = tmp_path / "new/store/.database/store.v2.1.sqlite"
    assert tables_of(tmp_path / NEW) == tables_of(fresh)
    with open_store(tmp_path) as store:
        assert [root.paths for root in store.roots()] == [(APP,)]
        with store.session() as session:
            assert realise(session, [APP, LIBRARY, MORE]) == (MORE,)
        store.rebuild_database()
    # Two are kept: the one that counts, and the one before.
    assert not (tmp_path / OLD).exists()
    assert (tmp_path / NEW).exists()


def test_a_migration_may_be_killed_anywhere(tmp_path: Path) -> None:
    number = 0
    while True:
        number += 1
        root = tmp_path / str(number)
        filled_by_old_devenv(root)
        (root / "state" / MARKER_NAME).touch()

        def migrate(root: Path = root, number: int = number) -> None:
            with open_store(root, env={VARIABLE: str(number)}) as store:
                store.infos()

        status = in_child(migrate)
        assert bases(root) == {APP.base, LIBRARY.base}
        leftovers = [p.name for p in (root / "store/.database").glob("making-*")]
        assert leftovers == []
        if status == 0:
            break
        assert status == -signal.SIGKILL
    assert number > 2


def test_many_find_an_old_database_and_one_of_them_migrates_it(tmp_path: Path) -> None:
    filled_by_old_devenv(tmp_path)

    def look() -> None:
        assert bases(tmp_path) == {APP.base, LIBRARY.base}

    children = [start_child(look) for _ in range(12)]
    assert [wait_for(child) for child in children] == [0] * 12
    names = {path.name for path in (tmp_path / "store/.database").glob("*.sqlite")}
    assert names == {Path(OLD).name, Path(NEW).name}


def test_a_damaged_old_database_is_rebuilt_from_the_records(tmp_path: Path) -> None:
    filled_by_old_devenv(tmp_path)
    (tmp_path / OLD).write_bytes(b"SQLite format 3\0" + b"\xff" * 8000)

    assert bases(tmp_path) == {APP.base, LIBRARY.base}


@pytest.mark.parametrize("is_finished_before", [True, False])
def test_an_old_devenv_that_still_runs_loses_nothing_and_is_told(
    tmp_path: Path, *, is_finished_before: bool
) -> None:
    filled_by_old_devenv(tmp_path)
    heard, ready = os.pipe()
    migrated, go_on = os.pipe()

    def make_more() -> None:
        with open_store(tmp_path) as store, store.session() as session:
            session.keep([APP])
            with session.making([MORE]) as batch:
                if is_finished_before:
                    make(batch, MORE)
                    batch.commit()
                os.write(ready, b"!")
                os.read(migrated, 1)
                if not is_finished_before:
                    make(batch, MORE)
                with pytest.raises(StoreError, match="newer devenv"):
                    batch.commit()

    child = in_old_devenv(make_more)
    assert os.read(heard, 1) == b"!"
    with open_store(tmp_path) as store, store.session() as session:
        registered = {info.path.base for info in store.infos()}
        assert registered == {APP.base, LIBRARY.base} | (
            {MORE.base} if is_finished_before else set()
        )
        leased = store.look(
            lambda context: context.database.read(
                lambda connection: connection.execute(
                    "SELECT base FROM lease"
                ).fetchall()
            )
        )
        assert (APP.base,) in leased
        os.write(go_on, b"!")
        assert wait_for(child) == 0
        made = realise(session, [MORE])
        assert made == (() if is_finished_before else (MORE,))
    assert bases(tmp_path) == {APP.base, LIBRARY.base, MORE.base}
    for descriptor in (heard, ready, migrated, go_on):
        os.close(descriptor)
