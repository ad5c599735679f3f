"""Equal files of the store become one inode with several names.

Equal is what nothing can tell apart: content, size, time and mode. The pool of
inodes is made anew by each run and kept in memory. (A folder of pool links, as Nix
has one, was rejected: it keeps inodes alive that nobody uses, until they are swept.)
A name is replaced by one rename, so that whoever opens it finds the old inode or the
new one; a folder keeps its time.
"""

import errno
import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from devenv.host.downloads import sha256_of
from devenv.host.progress import Progress
from devenv.store.context import StoreContext
from devenv.store.extent import forget_extents
from devenv.store.failures import explained
from devenv.store.keeping import keeping
from devenv.store.layout import scratch_name
from devenv.store.schema import all_registered
from devenv.values import dataclass, field

_FOLDER_MODE = 0o555
_OPEN_FOLDER_MODE = 0o755


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What was saved: names that were joined to others, and bytes of inodes gone."""

    joined_count: int
    freed_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Likeness:
    """What has to be equal before contents are compared."""

    device: int
    size: int
    mtime_ns: int
    mode: int
    owner: int


@dataclass(slots=True)
class _Inode:
    link_count: int
    names: list[str] = field(default_factory=list)


def optimise(context: StoreContext, progress: Progress) -> Saved:
    """Join the equal files of all valid paths; `progress` hears of files read.

    Raises:
        StoreError: the disk is full or failing ...
    """
    store = context.layout.store
    bases = sorted(context.database.read(all_registered))
    with explained(store), keeping(context, bases) as token:
        groups = [
            inodes
            for _, inodes in sorted(
                _inodes(store, bases).items(), key=lambda item: item[0].size
            )
            if len(inodes) > 1
        ]
        progress.started("comparing files", sum(map(len, groups)), is_bytes=False)
        joined = freed = 0
        try:
            for inodes in groups:
                for equal in _equal(inodes, progress):
                    names, size = _join(context, equal, token)
                    joined += names
                    freed += size
        finally:
            progress.finished()
        # What going would give back is no longer what was measured.
        context.database.write(forget_extents, is_durable=False)
    return Saved(joined_count=joined, freed_bytes=freed)


def _inodes(
    store: Path, bases: Iterable[str]
) -> dict[_Likeness, dict[tuple[int, int], _Inode]]:
    found: dict[_Likeness, dict[tuple[int, int], _Inode]] = defaultdict(dict)
    for base in bases:
        for path, status in _files(f"{store}/{base}"):
            if not status.st_size:
                continue
            likeness = _Likeness(
                device=status.st_dev,
                size=status.st_size,
                mtime_ns=status.st_mtime_ns,
                mode=status.st_mode,
                owner=status.st_uid,
            )
            inode = (status.st_dev, status.st_ino)
            known = found[likeness].setdefault(inode, _Inode(status.st_nlink))
            known.names.append(path)
    return found


def _files(top: str) -> Iterator[tuple[str, os.stat_result]]:
    waiting = [top]
    while waiting:
        # Somebody may have removed it by force.
        with suppress(FileNotFoundError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                    continue
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode):
                    yield entry.path, status


def _equal(
    inodes: dict[tuple[int, int], _Inode], progress: Progress
) -> Iterator[list[_Inode]]:
    by_content: dict[str, list[_Inode]] = defaultdict(list)
    for inode in inodes.values():
        with suppress(FileNotFoundError):
            by_content[sha256_of(Path(inode.names[0]))].append(inode)
        progress.advanced(1)
    yield from (equal for equal in by_content.values() if len(equal) > 1)


def _join(context: StoreContext, equal: list[_Inode], token: str) -> tuple[int, int]:
    """Give all names to one inode; return how many, and the bytes of the others."""
    equal.sort(key=lambda inode: (-inode.link_count, inode.names[0]))
    kept, *others = equal
    joined = freed = 0
    for other in others:
        for name in other.names:
            size = Path(name).lstat().st_size
            try:
                was_last = _replace(context, kept.names[0], name, token)
            except FileNotFoundError:
                continue
            except OSError as error:
                if error.errno == errno.EMLINK:
                    # The inode has all the names its file system allows.
                    kept = other
                    break
                raise
            joined += 1
            freed += size if was_last else 0
    return joined, freed


def _replace(context: StoreContext, source: str, name: str, token: str) -> bool:
    """Make `name` another name of `source`; tell whether its own inode went."""
    reach = context.kill_points.reach
    scratch = context.layout.store / scratch_name(token)
    folder = Path(name).parent
    before = folder.stat()
    os.link(source, scratch)
    reach("linked")
    try:
        folder.chmod(_OPEN_FOLDER_MODE)
        try:
            was_last = Path(name).lstat().st_nlink == 1
            reach("folder-opened")
            scratch.rename(name)
            reach("name-replaced")
        finally:
            os.utime(folder, ns=(before.st_atime_ns, before.st_mtime_ns))
            folder.chmod(_FOLDER_MODE)
    finally:
        # A rename onto another name of the same inode leaves both.
        scratch.unlink(missing_ok=True)
    return was_last
