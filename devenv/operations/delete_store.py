"""`devenv store delete --all`: give the store's space back."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from devenv.errors import StoreError
from devenv.model.environment import MARKER
from devenv.operations.ad_hoc_record import forget_records
from devenv.operations.doors import Doors
from devenv.store.discard import Removed

_SHOWN_PROCESSES = 5


def delete_store(doors: Doors, *, is_forced: bool = False) -> Removed:
    """Remove every store path, and the records and roots of what they held.

    Raises:
        StoreError: something is being made, or a program or shell of the store
            is running, and it is not forced; nothing was removed.
    """
    if not is_forced:
        users = sorted(_users(doors.store.directory))
        if users:
            shown = ", ".join(f"process {pid}" for pid in users[:_SHOWN_PROCESSES])
            more = " and others" if len(users) > _SHOWN_PROCESSES else ""
            raise StoreError(
                f"the store is in use by {shown}{more}",
                where=str(doors.store.directory),
                hint="end them, or add --force: then they lose what they run on",
            )
    removed = doors.store.delete_all(is_forced=is_forced)
    forget_records(doors.directories.state)
    for root in doors.store.roots():
        doors.store.remove_root(root.name)
    return removed


def _users(store: Path, processes: Path = Path("/proc")) -> Iterator[int]:
    """Yield our processes that run a program of the store, or in an environment."""
    prefix = f"{store}/"
    marker = f"{MARKER}={prefix}".encode()
    for entry in os.scandir(processes):
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        # Gone by now, or another user's: no matter.
        with suppress(OSError):
            place = Path(entry.path)
            variables = (place / "environ").read_bytes().split(b"\0")
            runs = str((place / "exe").readlink()).startswith(prefix)
            if runs or any(item.startswith(marker) for item in variables):
                yield int(entry.name)
