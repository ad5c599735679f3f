"""A store whose database is damaged, lost, foreign or busy."""

import os
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from devenv.errors import StoreError
from devenv.model.store_path import PathInfo
from tests.fixtures.stores import in_child, make, named, open_store, realise

APP = named("app")
LIBRARY = named("library")
FIRST = ".database/store.v2.1.sqlite"


def filled(root: Path) -> tuple[PathInfo, ...]:
    with open_store(root) as store, store.session() as session:
        with session.making([APP, LIBRARY]) as batch:
            make(batch, LIBRARY)
            make(batch, APP, references=[LIBRARY])
            batch.commit()
        return store.infos()


def reboot(root: Path) -> None:
    """Make the store believe that the machine was started anew since."""
    (root / "store/.database/condition").unlink()


def empty(database: Path) -> None:
    database.write_bytes(b"")


def cut_in_half(database: Path) -> None:
    content = database.read_bytes()
    database.write_bytes(content[: len(content) // 2])


def replace_by_text(database: Path) -> None:
    database.write_text("this is not a database")


def drop_tables(database: Path) -> None:
    connection = sqlite3.connect(database)
    connection.executescript("DROP TABLE reference; DROP TABLE path; DROP TABLE lease")
    connection.close()


def change_a_row(database: Path) -> None:
    connection = sqlite3.connect(database)
    # Still a record, but not that of this path.
    connection.execute(
        "UPDATE path SET record = replace(record, '_count\":', '_count\":1')"
    )
    connection.commit()
    connection.close()


def change_an_application_id(database: Path) -> None:
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA application_id = 7")
    connection.close()


def remove(database: Path) -> None:
    database.unlink()


def foreign_log(database: Path) -> None:
    database.with_name(f"{database.name}-wal").write_bytes(b"\x37\x7f\x06\x82" * 2000)


def shared_memory_of_garbage(database: Path) -> None:
    database.with_name(f"{database.name}-shm").write_bytes(b"\xff" * 32768)


@pytest.mark.parametrize(
    "damage",
    [
        empty,
        cut_in_half,
        replace_by_text,
        drop_tables,
        change_a_row,
        change_an_application_id,
        remove,
        foreign_log,
        shared_memory_of_garbage,
    ],
)
def test_a_damaged_database_is_rebuilt_to_the_same_table(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    before = filled(tmp_path)
    damage(tmp_path / "store" / FIRST)

    with open_store(tmp_path) as store:
        assert store.infos() == before
        assert store.info(APP) == before[[i.path for i in before].index(APP)]
        with store.session() as session:
            assert realise(session, [APP, LIBRARY, named("more")]) == (named("more"),)
        assert store.verify() == ()


def test_damage_met_in_a_batch_is_repaired_by_the_next_command(tmp_path: Path) -> None:
    before = filled(tmp_path)
    with open_store(tmp_path) as store:
        with store.session() as session:
            change_a_row(tmp_path / "store" / FIRST)
            with (
                pytest.raises(StoreError, match="damaged"),
                session.making([APP, LIBRARY]),
            ):
                pytest.fail("the rows are not what was written")

        with store.session() as session:
            assert realise(session, [APP, LIBRARY]) == ()
        assert store.infos() == before


def flip(database: Path, position: int, bit: int) -> None:
    content = bytearray(database.read_bytes())
    content[position] ^= 1 << bit
    database.write_bytes(content)


def check_flips(root: Path, count: int, seed: int) -> None:
    """Flip one bit at a time; the table must stay the same throughout."""
    before = filled(root)
    chance = random.Random(seed)  # noqa: S311 (not a secret)
    for _ in range(count):
        database = max((root / "store/.database").glob("store.v2.*.sqlite"), key=number)
        flip(database, chance.randrange(database.stat().st_size), chance.randrange(8))
        reboot(root)
        with open_store(root) as store:
            assert store.infos() == before
            assert store.info(APP) in before
            with store.session() as session:
                assert realise(session, [APP, LIBRARY]) == ()


def number(database: Path) -> int:
    return int(database.name.split(".")[2])


def test_flipped_bits_of_the_database_change_nothing(tmp_path: Path) -> None:
    check_flips(tmp_path, 60, seed=20260102)


@pytest.mark.long
def test_many_flipped_bits_of_the_database_change_nothing(tmp_path: Path) -> None:
    check_flips(tmp_path, 1000, seed=1)


def test_a_rebuild_leaves_out_what_is_not_as_recorded(tmp_path: Path) -> None:
    filled(tmp_path)
    changed = tmp_path / "store" / LIBRARY.base / "share/text"
    changed.chmod(0o600)
    changed.write_text("changed")

    with open_store(tmp_path) as store:
        rebuilt = store.rebuild_database()

        # APP is whole, but what it refers to is not.
        assert rebuilt.registered == ()
        assert set(rebuilt.left_out) == {APP.base, LIBRARY.base}
        with store.session() as session:
            assert set(realise(session, [APP, LIBRARY])) == {APP, LIBRARY}
        assert store.verify() == ()


def test_a_rebuild_leaves_out_a_path_without_its_record(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / f"store/.records/{APP.base}.json").unlink()

    with open_store(tmp_path) as store:
        assert store.rebuild_database().registered == (LIBRARY.base,)


def test_a_rebuild_keeps_the_leases_of_the_living(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_store(tmp_path) as store, store.session() as session:
        session.keep([APP])
        with open_store(tmp_path) as other:
            other.rebuild_database()

        rows = store._context.database.read(
            lambda connection: connection.execute("SELECT base FROM lease").fetchall()
        )
        assert rows == [(APP.base,)]


def test_a_commit_into_a_replaced_database_is_not_lost(tmp_path: Path) -> None:
    with open_store(tmp_path) as store, store.session() as session:
        with session.making([LIBRARY]) as batch:
            make(batch, LIBRARY)
            # By its own process, for a rebuild waits for who makes a path.
            replaced = tmp_path / "store" / FIRST
            new = replaced.with_name("store.v2.2.sqlite")
            source, target = sqlite3.connect(replaced), sqlite3.connect(new)
            source.backup(target)
            source.close()
            target.close()
            batch.commit()

        with open_store(tmp_path) as other:
            assert other.info(LIBRARY) is not None


def test_a_rebuild_waits_for_who_makes_a_path_and_keeps_it(tmp_path: Path) -> None:
    filled(tmp_path)
    more = named("more")
    with open_store(tmp_path) as store, store.session() as session:
        with session.making([more]) as batch:
            make(batch, more)
            heard, said = os.pipe()
            child = os.fork()
            if child == 0:
                with open_store(tmp_path) as other:
                    os.write(said, b"!")
                    rebuilt = other.rebuild_database()
                    os._exit(0 if more.base in rebuilt.registered else 1)
            assert os.read(heard, 1) == b"!"
            batch.commit()
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert store.info(more) is not None
        os.close(heard)
        os.close(said)


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    filled(tmp_path)
    newer = tmp_path / "store/.database/store.v3.1.sqlite"
    newer.write_bytes(b"of the future")

    with open_store(tmp_path) as store:
        with pytest.raises(StoreError, match="newer devenv"):
            store.infos()
        with pytest.raises(StoreError, match="newer devenv"), store.session():
            pytest.fail("a lease would not be seen by the newer devenv")
    assert newer.read_bytes() == b"of the future"


def test_a_busy_database_gives_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path)
    monkeypatch.setattr("devenv.store.database.BUSY_TIMEOUT_SECONDS", 0.01)
    holder = sqlite3.connect(tmp_path / "store" / FIRST, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        with (
            open_store(tmp_path) as store,
            store.session() as session,
            pytest.raises(StoreError, match="busy"),
        ):
            session.keep([APP])
    finally:
        holder.close()


def test_a_database_that_lost_all_its_files_is_rebuilt_from_nothing(
    tmp_path: Path,
) -> None:
    filled(tmp_path)
    (tmp_path / "store").rename(tmp_path / "gone")

    with open_store(tmp_path) as store:
        assert store.infos() == ()
        with store.session() as session:
            realise(session, [APP])
        assert store.verify() == ()


def test_the_connection_of_a_parent_stays_untouched_in_a_child(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_store(tmp_path) as store:
        assert len(store.infos()) == 2

        assert in_child(store.close) == 0

        def look() -> None:
            inherited = store._context.database._connection
            assert len(store.infos()) == 2
            assert store._context.database._connection is not inherited

        assert in_child(look) == 0
        with store.session() as session:
            realise(session, [named("more")])
        assert len(store.infos()) == 3
