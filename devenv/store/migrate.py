"""Bringing the database of an older devenv to this one's schema.

A copy is changed and then made to count, so that a kill leaves the old one or the
new one, and an older devenv that still runs sees that a newer one took over. What
it was about to register then lies complete in the store and is registered here, or is
made again.
"""

from contextlib import closing
from functools import partial
from pathlib import Path

from devenv.host.sqlite import sqlite3
from devenv.store.collector_lock import collector_locked
from devenv.store.context import StoreContext
from devenv.store.database import open_old_database
from devenv.store.database_errors import DamagedDatabaseError
from devenv.store.layout import DatabaseName
from devenv.store.publish import publish_database, restore_leases
from devenv.store.rebuild import add_latecomers
from devenv.store.schema import UPGRADES, all_registered
from devenv.store.schema_number import SCHEMA


def migrate_database(context: StoreContext, *, instead_of: DatabaseName) -> None:
    """Bring the database to our schema, unless another process has done so.

    Must not be called inside a batch: it waits for those who make paths.

    Raises:
        DamagedDatabaseError: the old one is damaged; the records can rebuild it.
    """
    layout = context.layout
    with collector_locked(layout):
        if layout.current_database() != instead_of:
            return
        old = layout.databases / instead_of.file_name
        publish_database(
            context,
            partial(_upgraded_copy, old=old, schema=instead_of.schema),
            instead_of=instead_of,
        )
        known = context.database.read(all_registered)
        add_latecomers(context, known, known)
        restore_leases(context)


def _upgraded_copy(file: Path, *, old: Path, schema: int) -> None:
    with closing(open_old_database(old)) as source, closing(_connect(file)) as target:
        source.backup(target)
        (answer,) = target.execute("PRAGMA integrity_check(1)").fetchone()
        if answer != "ok":
            raise DamagedDatabaseError(str(answer))
        # No transaction: nobody looks at it before it is whole.
        target.execute("DELETE FROM lease")
        for number in range(schema, SCHEMA):
            target.executescript(UPGRADES[number])
        target.execute(f"PRAGMA user_version = {SCHEMA}")


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection
