"""Sparing hooks a question: the files of an activation were looked at."""

import os
from contextlib import suppress

from devenv.model.trust import TrustRecord
from devenv.operations.doors import Surroundings
from devenv.operations.project_reading import LOADER_CACHE
from devenv.operations.project_record import see
from devenv.operations.write_activation import renew_stamps


def watched_again(doors: Surroundings, record: TrustRecord) -> None:
    """Tell hooks that the files of an activation were looked at as they are now.

    For a change that brings nothing in: until the next one they need not ask.
    """
    now = doors.clock.now().timestamp()
    paths = {os.path.normpath(f"{record.path}/{name}") for name in record.files}
    if record.effects.libraries:
        paths.add(LOADER_CACHE)
    watched = [see(path, now_seconds=now) for path in sorted(paths)]
    # It only spares them a question.
    with suppress(OSError):
        renew_stamps(doors.directories.state, record.path, watched)
