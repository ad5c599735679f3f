"""Removing everything: `store delete --all`."""

from devenv.errors import StoreError
from devenv.host.sqlite import sqlite3
from devenv.store.collector_lock import collector_locked
from devenv.store.context import StoreContext
from devenv.store.discard import Removed, discard
from devenv.store.failures import explained
from devenv.store.leases import living_leases, read_lease, reap_dead_leases


def delete_all(context: StoreContext, *, is_forced: bool = False) -> Removed:
    """Remove every path of the store; its bookkeeping, a few kB, stays.

    Args:
        context: the store.
        is_forced: also if running processes use some of them. Those will miss
            files; what they are making at this moment is left alone.

    Raises:
        StoreError: a running process uses the store.
    """
    layout = context.layout
    with explained(layout.store), collector_locked(layout):
        # On a full disk this is the room the database needs to shrink.
        layout.reserve.unlink(missing_ok=True)
        if not is_forced:
            _check_is_unused(context)
        return discard(context, _everything)


def _everything(connection: sqlite3.Connection) -> list[str]:
    return [base for (base,) in connection.execute("SELECT base FROM path")]


def _check_is_unused(context: StoreContext) -> None:
    reap_dead_leases(context.layout, context.database)
    for file in living_leases(context.layout):
        holder = read_lease(file).holder
        who = f"{holder.command} (pid {holder.pid})" if holder else "another process"
        raise StoreError(
            f"the store is in use by {who}",
            where=str(context.layout.store),
            hint="end it first, or add --force",
        )
