"""Files, folders and links below an open directory, never outside it.

Every parent is opened one component at a time and never through a symbolic link;
every name is made by us, once, in an order that leaves no link to walk through.
"""

import errno
import os
from collections.abc import Callable, Iterable
from mmap import ACCESS_READ, mmap
from typing import TypeVar

from devenv.errors import UnsafeArchiveError
from devenv.formats.compression import Piece

DIRECTORY_MODE = 0o555
FILE_MODE = 0o444
PROGRAM_MODE = 0o555

_OPEN_MODE = 0o700
_OPEN_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_MAX_OPEN_DIRECTORIES = 128
"""More than any path is deep, so that opening one never closes its own parents."""
_COPY_BYTES = 1 << 20

Seen = TypeVar("Seen")


class TreeWriter:
    """Writes one tree beneath the directory open at `root`, which stays open.

    Paths have passed the rules of `devenv.formats.archive_names`. Symbolic links
    come into being in `finish`, after everything else.

    Every method raises UnsafeArchiveError for a path that is taken or leads through
    something that is no folder, and OSError if the disk refuses.
    """

    def __init__(self, root: int) -> None:
        self._open = {"": root}
        self._directories = {""}
        self._taken: set[str] = set()
        self._links: list[tuple[str, str]] = []

    def add_directory(self, path: str) -> None:
        """Make a folder and its parents; one that is there is fine."""
        self._directory(path)

    def add_file(
        self, path: str, content: bytes, *, is_executable: bool, mtime_seconds: int
    ) -> None:
        """Make a file of this content."""
        descriptor = self._create(path)
        try:
            _write(descriptor, content)
            _seal(descriptor, is_executable=is_executable, mtime_seconds=mtime_seconds)
        finally:
            os.close(descriptor)

    def add_large_file(
        self,
        path: str,
        pieces: Iterable[Piece],
        look: Callable[[mmap], Seen],
        *,
        is_executable: bool,
        mtime_seconds: int,
    ) -> Seen:
        """Make a file of one or more pieces; return what `look` sees in it."""
        descriptor = self._create(path)
        try:
            for piece in pieces:
                _write(descriptor, piece)
            _seal(descriptor, is_executable=is_executable, mtime_seconds=mtime_seconds)
            with mmap(descriptor, 0, access=ACCESS_READ) as content:
                return look(content)
        finally:
            os.close(descriptor)

    def add_hard_link(self, path: str, source: str) -> None:
        """Give a file that was made here another name."""
        name, into = self._take(path)
        source_directory, _, source_name = source.rpartition("/")
        origin = self._directory(source_directory)
        try:
            os.link(
                source_name,
                name,
                src_dir_fd=origin,
                dst_dir_fd=into,
                follow_symlinks=False,
            )
        except OSError as error:
            # Landlock before Linux 5.19 forbids links from one directory into
            # another, and an inode may have all the names it can.
            if error.errno not in (errno.EXDEV, errno.EMLINK):
                raise
            _copy(source_name, origin, name, into)

    def add_link(self, path: str, target: str) -> None:
        """Take a path for a symbolic link, to be made in the end."""
        self._take(path)
        self._links.append((path, target))

    def omit(self, path: str) -> None:
        """Take a path for a file that is left out."""
        self._check_free(path)
        parent = path.rpartition("/")[0]
        while parent:
            if parent in self._taken:
                raise _through(path)
            parent = parent.rpartition("/")[0]
        self._taken.add(path)

    def release(self, path: str) -> None:
        """Give back the path of a file that was left out."""
        self._taken.discard(path)

    def finish(self) -> tuple[str, ...]:
        """Make the links, then make all folders read-only; return the folders."""
        for path, target in self._links:
            directory, _, name = path.rpartition("/")
            os.symlink(target, name, dir_fd=self._directory(directory))
        folders = tuple(sorted(self._directories - {""}))
        for folder in folders:
            os.fchmod(self._directory(folder), DIRECTORY_MODE)
        return folders

    def close(self) -> None:
        """Close what was opened, the root not."""
        for path, descriptor in self._open.items():
            if path:
                os.close(descriptor)
        self._open = {"": self._open[""]}

    def _create(self, path: str) -> int:
        name, directory = self._take(path)
        try:
            return os.open(name, _CREATE, 0o600, dir_fd=directory)
        except FileExistsError as error:
            raise _same_name(path) from error

    def _take(self, path: str) -> tuple[str, int]:
        """Take a path, and return its name and the open folder it goes into."""
        self._check_free(path)
        directory, _, name = path.rpartition("/")
        descriptor = self._directory(directory)
        self._taken.add(path)
        return name, descriptor

    def _check_free(self, path: str) -> None:
        if path in self._taken or path in self._directories:
            raise UnsafeArchiveError("the archive has an entry twice", where=path)

    def _directory(self, path: str) -> int:
        """Return the open folder of this path, made if need be."""
        descriptor = self._open.get(path)
        if descriptor is not None:
            return descriptor
        parent, _, name = path.rpartition("/")
        above = self._directory(parent)
        if path not in self._directories:
            self._make_directory(path, name, above)
        descriptor = os.open(name, _OPEN_DIRECTORY, dir_fd=above)
        if len(self._open) >= _MAX_OPEN_DIRECTORIES:
            self._close_oldest()
        self._open[path] = descriptor
        return descriptor

    def _make_directory(self, path: str, name: str, above: int) -> None:
        if path in self._taken:
            raise _through(path)
        try:
            os.mkdir(name, _OPEN_MODE, dir_fd=above)
        except FileExistsError as error:
            raise _same_name(path) from error
        self._directories.add(path)

    def _close_oldest(self) -> None:
        oldest = next(path for path in self._open if path)
        os.close(self._open.pop(oldest))


def _write(descriptor: int, content: Piece) -> None:
    written = os.write(descriptor, content)
    while written < len(content):
        written += os.write(descriptor, memoryview(content)[written:])


def _seal(descriptor: int, *, is_executable: bool, mtime_seconds: int) -> None:
    # Whatever the umask, and whatever access list the store's folder hands down.
    os.fchmod(descriptor, PROGRAM_MODE if is_executable else FILE_MODE)
    os.utime(descriptor, (mtime_seconds, mtime_seconds))


def _copy(source: str, origin: int, name: str, into: int) -> None:
    reading = os.open(source, _READ, dir_fd=origin)
    try:
        writing = os.open(name, _CREATE, 0o600, dir_fd=into)
        try:
            while piece := os.read(reading, _COPY_BYTES):
                _write(writing, piece)
            found = os.fstat(reading)
            os.fchmod(writing, found.st_mode & PROGRAM_MODE)
            os.utime(writing, ns=(found.st_mtime_ns, found.st_mtime_ns))
        finally:
            os.close(writing)
    finally:
        os.close(reading)


def _through(path: str) -> UnsafeArchiveError:
    return UnsafeArchiveError(
        "an entry of the archive leads through another that is no folder", where=path
    )


def _same_name(path: str) -> UnsafeArchiveError:
    return UnsafeArchiveError(
        "two entries of the archive are one on this file system"
        " (does it fold upper and lower case?)",
        where=path,
    )
