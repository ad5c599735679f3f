"""Write a draft to disk: hard links, relative links, a few files of its own.

This is nothing but system calls, 10 us for each of ten thousand links, and file systems
serve two threads at once: so a large tree is filled by two.
"""

import errno
import os
from collections.abc import Callable, Generator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from devenv.build.draft import SourceFile, TreeDraft, WrittenFile
from devenv.host.fill_tree import (
    FOLDER_MODE,
    FOLDER_ONLY,
    Operations,
    linking,
    making_folder,
    making_symlink,
    opened_folder,
)
from devenv.values import dataclass

FILE_MODE = 0o444
PROGRAM_MODE = 0o555
_OUR_UMASK = 0o077
"""The user's may take even our own rights to a new folder."""

_WORTH_A_THREAD = 1000
"""Entries; for fewer the second thread costs more than it spares."""
_PARTS = 64
"""Enough that all threads end together, and soon when they are called off."""


@contextmanager
def filling(
    draft: TreeDraft, directory: Path, *, later: AbstractSet[str] = frozenset()
) -> Generator[Callable[[], None]]:
    """Begin to fill the empty folder `directory`; yield what finishes that.

    A thread begins at once, if that is worth it, while the body does something else
    before it finishes. Only files whose paths are in `later` may have other content
    by then. The folders stay writable.

    Files of store paths are hard-linked: an executable's own place, which
    `$ORIGIN` and /proc/self/exe tell, must be inside the tree, so links of links
    (symbolic ones) would not do.

    Raises:
        OSError: the disk is full, or the store spans file systems.
    """
    operations = Operations(_parts(draft, later))
    with _opened(directory) as root:
        place = _Place(root=root, directory=str(directory))
        threads = _Threads(lambda: place.do(operations, draft))

        def finish() -> None:
            with usable_folders():
                if operations.can_be_shared:
                    threads.begin_one()
                place.put(_own_files(draft, later))
                threads.join()

        try:
            with usable_folders() as is_needed:
                pass
            # The mask is one for all threads: another's could not be in between.
            if operations.can_be_shared and not is_needed:
                threads.begin_one()
            yield finish
        finally:
            operations.end()
            threads.wait()


def write_over(path: str, file: SourceFile | WrittenFile, directory: Path) -> None:
    """Make one file of a draft below `directory`, over what stands there."""
    with usable_folders(), _opened(directory) as root:
        _Place(root=root, directory=str(directory)).put({path: file}, is_over=True)


@contextmanager
def _opened(directory: Path) -> Generator[int]:
    root = os.open(directory, FOLDER_ONLY)
    try:
        yield root
    finally:
        os.close(root)


@contextmanager
def usable_folders() -> Generator[bool]:
    """Have folders that are made in the body be ours to use, whatever the umask.

    Yields:
        Whether they would not be.
    """
    before = os.umask(_OUR_UMASK)
    try:
        yield bool(before & FOLDER_MODE)
    finally:
        os.umask(before)


def _own_files(
    draft: TreeDraft, later: AbstractSet[str]
) -> dict[str, SourceFile | WrittenFile]:
    """Return what is not just a link, or is not known to be before the end."""
    return {
        path: file
        for path, file in draft.files.items()
        if path in later or isinstance(file, WrittenFile)
    }


def _parts(draft: TreeDraft, later: AbstractSet[str]) -> list[list[str]]:
    """Return what makes the folders, the root included, and most of what is in them.

    In parts of about the same work; one, if there is little.
    """
    by_folder = _by_folder(draft, later)
    total = len(draft.files) + len(draft.links) + len(by_folder)
    enough = total // _PARTS if total >= _WORTH_A_THREAD else total
    parts: list[list[str]] = [[]]
    for folder in sorted(by_folder):
        if len(parts[-1]) > enough:
            parts.append([])
        parts[-1] += by_folder[folder]
    return parts


def _by_folder(draft: TreeDraft, later: AbstractSet[str]) -> dict[str, list[str]]:
    # In the order in which files were found, which is that of memory: half of the time
    # that it takes by the names of each folder.
    made = {folder: [making_folder(folder)] for folder in draft.folders}
    last, inside = "", made[""]
    for path, file in draft.files.items():
        if isinstance(file, SourceFile) and path not in later:
            folder, _, name = path.rpartition("/")
            if folder != last:
                last, inside = folder, made[folder]
            inside.append(linking(file.source, name))
    for path, target in draft.links.items():
        folder, _, name = path.rpartition("/")
        source = draft.link_sources.get(path)
        # As another name of a link that is there, if possible: that spares an inode.
        # ext4 takes 5 us instead of 6 to 30 for one, and up to 250 in the minutes
        # after files were deleted, whose inodes it passes over.
        made[folder].append(
            linking(source, name) if source else making_symlink(target, name)
        )
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a draft goes: a folder that is open as `root`. No link in it is followed.

    Everything raises OSError with the full path.
    """

    root: int
    directory: str

    def do(self, operations: Operations, draft: TreeDraft) -> None:
        """Do operations until none is left, each the way it can be done."""
        for refusal in operations.do(self.root):
            path = f"{refusal.folder}/{refusal.name}".strip("/")
            place = f"{self.directory}/{path}"
            if refusal.source and path in draft.links:
                # Not every file system gives a link two names, and none without limit.
                with opened_folder(self.root, refusal.folder) as folder:
                    os.symlink(draft.links[path], refusal.name, dir_fd=folder)
            elif refusal.source and refusal.number == errno.EMLINK:
                with opened_folder(self.root, refusal.folder) as folder:
                    _copy(draft.files[path], refusal.name, folder)
            else:
                words = os.strerror(refusal.number)
                first = refusal.source or place
                raise OSError(refusal.number, words, first, None, place)

    def put(
        self,
        files: Mapping[str, SourceFile | WrittenFile],
        *,
        is_over: bool = False,
    ) -> None:
        """Make files, and the folders that lack; if `is_over`, over what is there."""
        by_folder: dict[str, list[str]] = {}
        for path in sorted(files):
            folder, _, name = path.rpartition("/")
            by_folder.setdefault(folder, []).append(name)
        for folder, names in by_folder.items():
            place = f"{self.directory}/{folder}"
            try:
                with opened_folder(self.root, folder) as opened:
                    for name in names:
                        place = f"{self.directory}/{folder}/{name}"
                        if is_over:
                            with suppress(FileNotFoundError):
                                os.unlink(name, dir_fd=opened)
                        _put(files[f"{folder}/{name}".lstrip("/")], name, opened)
            except OSError as error:
                source = error.filename if error.filename2 is not None else place
                raise OSError(
                    error.errno, error.strerror, source, None, place
                ) from error


class _Threads:
    """Those that do the same work, besides the one that waits for them."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._threads: list[Thread] = []
        self._errors: list[BaseException] = []

    def begin_one(self) -> None:
        """Have one more thread do the work, if there can be one."""
        thread = Thread(target=self._do, daemon=True)
        with suppress(RuntimeError):
            thread.start()
            self._threads.append(thread)

    def join(self) -> None:
        """Wait until the work is done; do it if there is no thread."""
        if self._threads:
            self.wait()
        else:
            self._work()
        if self._errors:
            raise self._errors[0]

    def wait(self) -> None:
        """Wait for the threads, however they end."""
        for thread in self._threads:
            thread.join()

    def _do(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - raised by who waits
            self._errors.append(error)


def _put(file: SourceFile | WrittenFile, name: str, folder: int) -> None:
    if isinstance(file, WrittenFile):
        _write(file, name, folder)
        return
    try:
        os.link(file.source, name, dst_dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        if error.errno != errno.EMLINK:
            raise
        _copy(file, name, folder)


def _copy(file: SourceFile | WrittenFile, name: str, folder: int) -> None:
    """Make a copy of a file whose inode has all the names its file system allows."""
    if isinstance(file, SourceFile):
        file = WrittenFile(
            content=Path(file.source).read_bytes(),
            is_executable=file.is_executable,
            mtime_seconds=file.mtime_seconds,
        )
    _write(file, name, folder)


def _write(file: WrittenFile, name: str, folder: int) -> None:
    mode = PROGRAM_MODE if file.is_executable else FILE_MODE
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, mode, dir_fd=folder)
    try:
        rest = memoryview(file.content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fchmod(descriptor, mode)  # whatever the umask
        os.utime(descriptor, (file.mtime_seconds, file.mtime_seconds))
    finally:
        os.close(descriptor)
