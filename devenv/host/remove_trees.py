"""Removing many trees at once, as `devenv.host.files.remove_tree` removes one."""

import ctypes
import os
from collections.abc import Sequence

from devenv.host.files import remove_tree
from devenv.host.files_library import Removal, load_files_library
from devenv.values import dataclass

_MOST_AT_ONCE = 2000
"""Entries, after which Python has a look at its signals: 50 ms or less."""

_ROOM_BYTES = 1 << 18
"""For the folders on the way to the deepest; Python removes what is deeper still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedTrees:
    """What went: the disk's bytes that are free again; and what did not, and why."""

    freed_bytes: int
    refusals: tuple[tuple[str, OSError], ...]


def remove_trees(directory: int, names: Sequence[str]) -> RemovedTrees:
    """Remove files and trees in the open `directory`; follow no link.

    What `remove_tree` promises of one holds for each: a name that is not there is
    gone, what can be removed is, and no more descriptors than a few dozen are open.
    Other Python threads run meanwhile.
    """
    library = load_files_library()
    if library is None:
        return _by_python(directory, names)
    packed = b"".join([os.fsencode(name) + b"\0" for name in names])
    if packed.count(b"\0") != len(names):
        raise ValueError("embedded null byte")
    room = ctypes.create_string_buffer(_ROOM_BYTES)
    removal = Removal()
    left = []
    status = -1
    while status:
        removal.budget = _MOST_AT_ONCE
        status = library.devenv_remove(
            *(directory, packed, len(packed), room, _ROOM_BYTES, removal)
        )
        if status > 0:
            # Too deep, without a right, or refused: this has the ways and the words.
            left.append(names[packed.count(b"\0", 0, removal.at) - 1])
    rest = _by_python(directory, left)
    return RemovedTrees(
        freed_bytes=removal.freed_bytes + rest.freed_bytes, refusals=rest.refusals
    )


def _by_python(directory: int, names: Sequence[str]) -> RemovedTrees:
    freed_bytes = 0
    refusals = []
    for name in names:
        try:
            freed_bytes += remove_tree(directory, name)
        except OSError as error:
            refusals.append((name, error))
    return RemovedTrees(freed_bytes=freed_bytes, refusals=tuple(refusals))
