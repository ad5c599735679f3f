"""Ad-hoc environments that nobody used for two weeks are let go."""

import os

from devenv.operations.ad_hoc_record import (
    last_used,
    read_records,
    remove_unused_records,
)
from devenv.operations.doors import Doors
from devenv.operations.environments import root_name


def expire_ad_hoc(doors: Doors) -> None:
    """Drop the records and roots of ad-hoc environments whose time is over.

    The launcher stamps records, not roots: so each record's last use becomes
    that of its root first. What the roots kept is removed by the next
    collection, not here.

    Raises:
        OSError, StoreError: the state folder cannot be read or written.
    """
    state = doors.directories.state
    for folder, record in read_records(state):
        stamp = doors.store.root_stamp(root_name(record.key))
        used = last_used(folder).timestamp()
        if stamp.exists() and stamp.stat().st_mtime < used:
            os.utime(stamp, (used, used))
    for key in remove_unused_records(state, now=doors.clock.now()):
        doors.store.remove_root(root_name(key))
    for root in doors.store.expired_roots():
        doors.store.remove_root(root.name)
