"""Write a draft to disk: hard links, relative links, a few files of its own.

This is nothing but system calls, 8 to 10 us for each of ten thousand links, and
file systems serve two processes at once: so a large tree is filled by two.
"""

import errno
import os
from collections.abc import Callable, Generator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from devenv.build.draft import SourceFile, TreeDraft, WrittenFile
from devenv.host.forked import can_fork, forked, turns
from devenv.values import dataclass

FILE_MODE = 0o444
PROGRAM_MODE = 0o555
_OPEN_DIRECTORY_MODE = 0o700
_OUR_UMASK = 0o077
"""The user's may take even our own rights to a new folder."""

_WORTH_A_PROCESS = 1000
"""Entries; for fewer the second process costs more than it spares."""
_PARTS = 64
"""Enough that both processes end together, whoever has more to do besides."""


@contextmanager
def filling(
    draft: TreeDraft, directory: Path, *, later: AbstractSet[str] = frozenset()
) -> Generator[Callable[[], None]]:
    """Begin to fill the empty folder `directory`; yield what finishes that.

    Another process begins at once, if that is worth it, while the body does
    something else before it finishes. Only files whose paths are in `later` may
    have other content by then. The folders stay writable.

    Files of store paths are hard-linked: an executable's own place, which
    `$ORIGIN` and /proc/self/exe tell, must be inside the tree, so links of links
    (symbolic ones) would not do.

    Raises:
        OSError: the disk is full, or the store spans file systems.
    """
    place = _Place(draft=draft, root=f"{directory}/", later=later)
    parts = _parts(draft)
    with ExitStack() as stack:
        numbers = stack.enter_context(turns(len(parts)))

        def take_turns() -> None:
            for number in numbers:
                place.fill(parts[number])

        other = None
        if len(parts) > 1 and can_fork():
            # Where no more processes are to be had, one does it.
            with suppress(OSError):
                other = stack.enter_context(forked(take_turns))

        def finish() -> None:
            place.put(later)
            take_turns()
            if other is not None:
                other.wait()

        yield finish


@contextmanager
def usable_folders() -> Generator[None]:
    """Have folders that are made in the body be ours to use, whatever the umask."""
    before = os.umask(_OUR_UMASK)
    try:
        yield
    finally:
        os.umask(before)


def put_file(file: SourceFile | WrittenFile, place: str) -> None:
    """Make one file of a draft at `place`, where there is nothing."""
    if isinstance(file, SourceFile):
        _link(file, place)
    else:
        _write(file, place)


def _parts(draft: TreeDraft) -> list[list[str]]:
    """Divide the folders, the root included, into parts of about the same work."""
    folders = draft.folders
    total = len(draft.files) + len(draft.links) + len(folders)
    if total < _WORTH_A_PROCESS:
        return [sorted(folders)]
    enough = total // _PARTS
    parts: list[list[str]] = [[]]
    count = 0
    for path in sorted(folders):
        if count > enough:
            parts.append([])
            count = 0
        parts[-1].append(path)
        count += len(folders[path]) + 1
    return parts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a draft goes, and which of its files go there last."""

    draft: TreeDraft
    root: str
    later: AbstractSet[str]

    def fill(self, folders: Sequence[str]) -> None:
        """Make these folders and what is in them, but for folders and `later`."""
        with usable_folders():
            for folder in folders:
                self._fill(folder)

    def put(self, paths: AbstractSet[str]) -> None:
        """Make these files, and their folders if they are not there yet."""
        with usable_folders():
            for folder in sorted({path.rpartition("/")[0] for path in paths}):
                if folder:
                    _make_folder(self.root, folder)
        for path in sorted(paths):
            put_file(self.draft.files[path], self.root + path)

    def _fill(self, folder: str) -> None:
        draft, later = self.draft, self.later
        files, links, sources = draft.files, draft.links, draft.link_sources
        if folder:
            _make_folder(self.root, folder)
        inside = f"{folder}/" if folder else ""
        beside = self.root + inside
        for name in draft.folders[folder]:
            path = inside + name
            file = files.get(path)
            if file is not None:
                if path not in later:
                    put_file(file, beside + name)
            elif (target := links.get(path)) is not None:
                _link_link(sources.get(path), target, beside + name)


def _make_folder(root: str, path: str) -> None:
    """Make a folder whose parents another process may not have made yet."""
    try:
        os.mkdir(root + path, _OPEN_DIRECTORY_MODE)  # noqa: PTH102 - 1,000s of these
    except FileNotFoundError:
        parent = path.rpartition("/")[0]
        if not parent:
            raise
        _make_folder(root, parent)
        _make_folder(root, path)
    except FileExistsError:
        # The other process has, as the parent of one of its own.
        pass


def _link_link(source: str | None, target: str, place: str) -> None:
    """Make a symbolic link, if possible as another name of one that is there.

    That spares an inode. ext4 takes 5 us instead of 6 to 30 for one, and up to 250
    in the minutes after many files were deleted, whose inodes it passes over.
    """
    if source is not None:
        try:
            os.link(source, place, follow_symlinks=False)
        except OSError:
            # Not every file system can, and none without limit.
            pass
        else:
            return
    os.symlink(target, place)  # noqa: PTH211 - as above


def _link(file: SourceFile, place: str) -> None:
    try:
        os.link(file.source, place)
    except OSError as error:
        if error.errno != errno.EMLINK:
            raise
        # The inode has all the names its file system allows: a copy will do.
        written = WrittenFile(
            content=Path(file.source).read_bytes(),
            is_executable=file.is_executable,
            mtime_seconds=file.mtime_seconds,
        )
        _write(written, place)


def _write(file: WrittenFile, place: str) -> None:
    mode = PROGRAM_MODE if file.is_executable else FILE_MODE
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(place, flags, mode)
    try:
        rest = memoryview(file.content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fchmod(descriptor, mode)  # whatever the umask
        os.utime(descriptor, (file.mtime_seconds, file.mtime_seconds))
    finally:
        os.close(descriptor)
