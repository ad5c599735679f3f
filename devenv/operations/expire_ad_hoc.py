"""Ad-hoc environments that nobody used for two weeks are let go."""

import os

from devenv.operations.ad_hoc_record import (
    last_used,
    read_records,
    remove_unused_records,
    root_name,
)
from devenv.operations.doors import Doors
from devenv.plan.expire_roots import Expiry, Purpose, RootState, expired_roots
from devenv.store.roots import Root, RootKind


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
    now = doors.clock.now()
    remove_unused_records(state, now=now)
    roots = doors.store.roots()
    expired = expired_roots(map(_state, roots), Expiry(), now=now)
    for root in roots:
        if root.name in expired:
            doors.store.root_files.remove_unchanged(root)


def _state(root: Root) -> RootState:
    is_ad_hoc = root.kind is RootKind.AD_HOC
    return RootState(
        name=root.name,
        # The others are only looked at for a time that is in the future.
        purpose=Purpose.AD_HOC if is_ad_hoc else Purpose.LINK,
        label=root.label,
        last_used=root.last_used,
    )
