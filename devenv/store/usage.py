"""Who uses how much of the disk: an inode counts once for each who uses it."""

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path

from devenv.store.measure import BLOCK_BYTES
from devenv.values import dataclass

Survey = Mapping[frozenset[str], int]
"""The disk's bytes of the inodes that have names in exactly these paths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The disk's bytes that somebody uses, and those that nobody else uses."""

    bytes: int
    own_bytes: int

    @property
    def shared_bytes(self) -> int:
        """The bytes that others use, too."""
        return self.bytes - self.own_bytes


def survey(
    store: Path,
    bases: Collection[str],
    *,
    measured: Callable[[int], None] = lambda _: None,
) -> Survey:
    """Look at every file of `bases`, paths of the store; those that are gone have none.

    `measured` hears how many more paths have been looked at.
    """
    holders: dict[int, frozenset[str]] = {}
    blocks: dict[int, int] = {}
    # Most inodes are held by the same few sets, which are kept once.
    known: dict[frozenset[str], frozenset[str]] = {}
    for base in bases:
        for inode, size in _inodes(store / base):
            held = holders.get(inode, frozenset()) | {base}
            holders[inode] = known.setdefault(held, held)
            blocks[inode] = size
        measured(1)
    found: dict[frozenset[str], int] = defaultdict(int)
    for inode, held in holders.items():
        found[held] += blocks[inode] * BLOCK_BYTES
    return found


def usage_of(surveyed: Survey, users: Mapping[str, Iterable[str]]) -> dict[str, Usage]:
    """Return how much each user uses, by name.

    Args:
        surveyed: what there is.
        users: the names of the paths that each uses.
    """
    by_path: dict[str, set[str]] = defaultdict(set)
    for user, bases in users.items():
        for base in bases:
            by_path[base].add(user)
    whole = dict.fromkeys(sorted(users), 0)
    own = dict.fromkeys(users, 0)
    for held, size in surveyed.items():
        using = {user for base in held for user in by_path.get(base, ())}
        for user in using:
            whole[user] += size
        if len(using) == 1:
            own[using.pop()] += size
    return {user: Usage(bytes=whole[user], own_bytes=own[user]) for user in whole}


def _inodes(top: Path) -> Iterator[tuple[int, int]]:
    """Yield number and blocks of everything in a path, and of its folder."""
    try:
        found = top.lstat()
    except OSError:
        return
    yield found.st_ino, found.st_blocks
    waiting = [str(top)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                found = entry.stat(follow_symlinks=False)
                yield found.st_ino, found.st_blocks
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
