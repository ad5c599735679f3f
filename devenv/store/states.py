"""The state folders whose roots point into one store."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from devenv.errors import StoreError
from devenv.host.files import names_in, read_limited
from devenv.store.layout import Layout
from devenv.store.roots import Root, Roots

STATE_GRACE = timedelta(days=30)
"""How long a state folder is waited for that is not there."""

_MAX_NOTE_BYTES = 1 << 16


def all_roots(layout: Layout, *, now: datetime, is_now: bool) -> dict[Path, list[Root]]:
    """Return the roots that point into the store, by their state folder.

    A folder that was removed has none. One whose disk seems to be elsewhere is waited
    for, unless `is_now`.

    Raises:
        StoreError: such a folder is not there, or a root cannot be understood.
    """
    found: dict[Path, list[Root]] = {}
    for name in names_in(layout.states):
        note = layout.states / name
        if name.startswith("."):
            continue
        state = Path(os.fsdecode(read_limited(note, max_bytes=_MAX_NOTE_BYTES)))
        if state.is_dir():
            found[state] = list(Roots(state).all())
        elif not (is_now or state.parent.is_dir() or _is_long_ago(note, now)):
            raise StoreError(
                "a folder is not there whose roots say what must be kept",
                where=str(state),
                hint=f"mount it; if it is gone for good: rm {note}",
            )
    return found


def _is_long_ago(note: Path, now: datetime) -> bool:
    return now - datetime.fromtimestamp(note.stat().st_mtime, UTC) > STATE_GRACE
