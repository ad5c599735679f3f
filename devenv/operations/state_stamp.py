"""The stamp of a state: the one file that hooks look at while a project rests.

`t/ID` in the state folder is another name of the stamp of a project's spec, for as
long as the project's state is `state.ID` and its activation is the current one. So
that it is there, and has the time of the spec, tells a hook all at once that nothing
has been decided, built or said, and that the spec is as it was read. Its path is
short because a shell's time goes into every letter of it.

`t/ID.w` is there while a watcher vouches for the other files (devenv.daemon.vouching).

It goes before the state does, and comes after it: whoever is stopped in between leaves
hooks that look at everything else. Where hard links cannot be, they always do.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from devenv.host.files import make_private_directory

FOLDER = "t"
STATE = "state."
"""With this the names of states begin, and then comes the name of their stamp."""
VOUCHED = ".w"
"""What is added to the name of a stamp whose project a watcher vouches for."""
WATCHER = "d"
"""The link among the stamps that leads to what a living watcher holds open."""


def put_state_stamp(state_directory: Path, folder: int, state: str, stamp: str) -> None:
    """Put the stamp of a project's state where hooks look.

    Args:
        state_directory: devenv's folder for state.
        folder: a project's folder for hooks, opened.
        state: the name of the state there.
        stamp: the name of the spec's stamp there.

    Raises:
        StoreError: the folder of stamps is open to others.
        OSError: one that is there already cannot be removed.
    """
    make_private_directory(state_directory / FOLDER)
    place = _place(state_directory, state)
    try:
        os.link(stamp, place, src_dir_fd=folder)
    except FileExistsError:
        with suppress(OSError):
            there = os.stat(stamp, dir_fd=folder)
            if not os.path.samestat(there, place.stat()):
                place.unlink()
                os.link(stamp, place, src_dir_fd=folder)
    except OSError:
        return


def remove_state_stamps(state_directory: Path, states: Iterable[str]) -> None:
    """Remove the stamps of states, as far as there are any.

    Raises:
        OSError: one cannot be removed.
    """
    for state in states:
        place = f"{state_directory}/{FOLDER}/{state.removeprefix(STATE)}"
        for name in (place, f"{place}{VOUCHED}"):
            with suppress(FileNotFoundError):
                os.unlink(name)  # noqa: PTH108 - somebody waits


def present_stamp(folder: str) -> str | None:
    """Return the name of the stamp of a project's present state, None for no state.

    `folder` is the project's for hooks.
    """
    try:
        state = os.readlink(f"{folder}/state")  # noqa: PTH115 - at once
    except OSError:
        return None
    return state.removeprefix(STATE)


def _place(state_directory: Path, state: str) -> Path:
    return Path(f"{state_directory}/{FOLDER}/{state.removeprefix(STATE)}")
