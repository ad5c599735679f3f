"""Write a draft to disk: hard links, relative links, a few files of its own.

This is nothing but system calls, 10 us for each of ten thousand links, and file systems
serve two threads at once: so a large tree is filled by two.
"""

import errno
import os
from collections.abc import Callable, Generator, Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from devenv.build.draft import SourceFile, TreeDraft, WrittenFile
from devenv.build.tree_entries import WORTH_A_THREAD, Entries
from devenv.host.fill_tree import (
    FOLDER_MODE,
    FOLDER_ONLY,
    Operations,
    opened_folder,
)
from devenv.values import dataclass

FILE_MODE = 0o444
PROGRAM_MODE = 0o555
_OUR_UMASK = 0o077
"""The user's may take even our own rights to a new folder."""


class Filling:
    """A folder that is filled with a draft; see `filling`."""

    def __init__(
        self, place: "_Place", draft: TreeDraft, later: AbstractSet[str]
    ) -> None:
        self._place = place
        self._draft = draft
        self._later = later
        self._begun = Entries.none()
        self._work: list[tuple[Operations, Entries]] = []
        self._threads = _Threads(self._link)
        with usable_folders() as is_needed:
            # The mask is one for all threads: another's could not be in between.
            self._may_begin = not is_needed

    def begin(self) -> None:
        """Have a thread link what has come into the draft, if that is worth it.

        What changes after that is made anew in the end, so that it should be little.
        """
        draft = self._draft
        if not self._may_begin or len(draft.files) < WORTH_A_THREAD:
            return
        fresh = Entries.of(draft).linked(self._later).beyond(self._begun)
        operations = fresh.operations()
        if operations.can_be_shared:
            self._begun = self._begun.joined(fresh)
            self._work.append((operations, fresh))
            self._threads.have_one()

    def finish(self) -> None:
        """Make all that is not there, and make anew what is not as it should be."""
        fresh, gone = Entries.of(self._draft).since(self._begun)
        beside, instead = fresh.divided(gone)
        with usable_folders():
            self._place.make(beside)
            if self._work:
                self._threads.begin_one()
            self._threads.join()
            self._place.remove(gone)
            self._place.make(instead)

    def end(self) -> None:
        """Call off what is not yet done, and wait for nobody to be at work."""
        for operations, _ in self._work:
            operations.end()
        self._threads.wait()

    def _link(self) -> None:
        # More may be begun while this is at work.
        for operations, entries in self._work:
            self._place.do(operations, entries)


@contextmanager
def filling(
    draft: TreeDraft, directory: Path, *, later: AbstractSet[str] = frozenset()
) -> Generator[Filling]:
    """Yield what fills the empty folder `directory` while the body works on the draft.

    Files whose paths are in `later` are left to the end. The folders stay writable.

    Files of store paths are hard-linked: an executable's own place, which
    `$ORIGIN` and /proc/self/exe tell, must be inside the tree, so links of links
    (symbolic ones) would not do.

    Raises:
        OSError: the disk is full, or the store spans file systems.
    """
    with _opened(directory) as root:
        place = _Place(root=root, directory=str(directory))
        filled = Filling(place, draft, later)
        try:
            yield filled
        finally:
            filled.end()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a draft goes: a folder that is open as `root`. No link in it is followed.

    Everything raises OSError with the full path.
    """

    root: int
    directory: str

    def make(self, entries: Entries) -> None:
        """Make all of these, and the folders that lack."""
        self.put(entries.written)
        self.do(entries.operations(), entries)

    def do(self, operations: Operations, entries: Entries) -> None:
        """Do the operations of entries until none is left, each as it can be done."""
        for refusal in operations.do(self.root):
            path = f"{refusal.folder}/{refusal.name}".strip("/")
            place = f"{self.directory}/{path}"
            if refusal.source and path in entries.links:
                # Not every file system gives a link two names, and none without limit.
                with opened_folder(self.root, refusal.folder) as folder:
                    os.symlink(entries.links[path], refusal.name, dir_fd=folder)
            elif refusal.source and refusal.number == errno.EMLINK:
                with opened_folder(self.root, refusal.folder) as folder:
                    _copy(entries.files[path], refusal.name, folder)
            else:
                words = os.strerror(refusal.number)
                first = refusal.source or place
                raise OSError(refusal.number, words, first, None, place)

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files and links that were made."""
        for path in paths:
            folder, _, name = path.rpartition("/")
            with opened_folder(self.root, folder) as opened:
                os.unlink(name, dir_fd=opened)

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

    def have_one(self) -> None:
        """Have a thread do the work, if there can be one and none does."""
        if not any(thread.is_alive() for thread in self._threads):
            self.begin_one()

    def begin_one(self) -> None:
        """Have one more thread do the work, if there can be one."""
        thread = Thread(target=self._do, daemon=True)
        with suppress(RuntimeError):
            thread.start()
            self._threads.append(thread)

    def join(self) -> None:
        """Wait until the work is done; do what no thread has done."""
        self.wait()
        if self._errors:
            raise self._errors[0]
        self._work()

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
