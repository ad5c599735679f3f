import sqlite3
from pathlib import Path

from devenv.store.schema import add_leases, leased
from tests.fixtures.stores import named, open_store

APP = named("app")


def test_a_write_into_a_database_that_is_being_replaced_is_done_again(
    tmp_path: Path,
) -> None:
    with open_store(tmp_path) as store:
        store.infos()
        database = store._context.database
        folder = store.directory / ".database"
        runs: list[bool] = []

        def write_while_replaced(connection: sqlite3.Connection) -> None:
            if not runs:
                copy_database(
                    folder / "store.v2.1.sqlite", folder / "store.v2.2.sqlite"
                )
            runs.append(True)
            add_leases(connection, "token", [APP.base])

        database.write(write_while_replaced, is_durable=True)

        assert database.read(leased) == {APP.base}
        assert len(runs) == 2


def copy_database(source: Path, target: Path) -> None:
    old, new = sqlite3.connect(source), sqlite3.connect(target)
    old.backup(new)
    old.close()
    new.close()
