"""Reading back what a directory really holds."""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from devenv.errors import StoreError
from devenv.formats.listing import ListingEntry, in_order
from devenv.values import dataclass, replace

_PIECE_BYTES = 1 << 20
_OPEN_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_OWNER_MAY_RUN = 0o100
_NANOSECONDS = 1_000_000_000


Inode = tuple[int, int]
"""A device and a number on it: names that share both share their content."""


def read_listing(
    directory: Path, *, hashes: dict[Inode, str] | None = None
) -> tuple[ListingEntry, ...]:
    """Return every entry below `directory`, contents hashed anew, in order.

    No link is followed, and depth costs no recursion. The directory itself has no
    entry.

    Args:
        directory: where to look.
        hashes: the SHA-256 (hex) of inodes that were read a moment ago, to which
            those read now are added. A tree has most of its files from elsewhere.

    Raises:
        StoreError: something is neither file, directory nor symbolic link.
        OSError: something cannot be read, or changed its kind meanwhile.
    """
    return _with_first_names(_walk(directory, {} if hashes is None else hashes))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    descriptor: int
    path: str
    names: list[str]


def _walk(
    directory: Path, hashes: dict[Inode, str]
) -> Iterator[tuple[ListingEntry, Inode]]:
    folders = [_opened(str(directory), "", None)]
    try:
        while folders:
            folder = folders[-1]
            if not folder.names:
                os.close(folders.pop().descriptor)
                continue
            name = folder.names.pop()
            found = os.stat(name, dir_fd=folder.descriptor, follow_symlinks=False)
            path = f"{folder.path}{_spelled(name)}"
            if stat.S_ISDIR(found.st_mode):
                folders.append(_opened(name, f"{path}/", folder.descriptor))
            yield _entry(folder.descriptor, name, path, found.st_mode, hashes)
    finally:
        for folder in folders:
            os.close(folder.descriptor)


def _opened(name: str, prefix: str, inside: int | None) -> _Folder:
    descriptor = os.open(name, _OPEN_DIRECTORY, dir_fd=inside)
    names = os.listdir(descriptor)  # noqa: PTH208 - of a descriptor
    return _Folder(descriptor=descriptor, path=prefix, names=names)


def _spelled(name: str) -> str:
    # UTF-8 whatever the locale, as everywhere in listings.
    return os.fsencode(name).decode("utf-8", "surrogateescape")


def _entry(
    folder: int, name: str, path: str, mode: int, hashes: dict[Inode, str]
) -> tuple[ListingEntry, Inode]:
    if stat.S_ISDIR(mode):
        return ListingEntry.directory(path), (0, 0)
    if stat.S_ISLNK(mode):
        target = _spelled(os.readlink(name, dir_fd=folder))
        return ListingEntry.link(path, target), (0, 0)
    if not stat.S_ISREG(mode):
        raise StoreError("this is neither file, folder nor symbolic link", where=path)
    descriptor = os.open(name, _OPEN_FILE, dir_fd=folder)
    try:
        return _file(descriptor, path, hashes)
    finally:
        os.close(descriptor)


def _file(
    descriptor: int, path: str, hashes: dict[Inode, str]
) -> tuple[ListingEntry, Inode]:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        raise StoreError("this changed while it was read", where=path)
    inode = (found.st_dev, found.st_ino)
    sha256 = hashes.get(inode)
    size = found.st_size
    if sha256 is None:
        sha256, size = _read(descriptor)
        hashes[inode] = sha256
    entry = ListingEntry.file(
        path,
        is_executable=bool(found.st_mode & _OWNER_MAY_RUN),
        size=size,
        sha256=sha256,
        mtime_seconds=found.st_mtime_ns // _NANOSECONDS,
    )
    return entry, inode


def _read(descriptor: int) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    while piece := os.read(descriptor, _PIECE_BYTES):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _with_first_names(
    found: Iterable[tuple[ListingEntry, Inode]],
) -> tuple[ListingEntry, ...]:
    """Order entries; names of an inode but the first one point to the first."""
    inodes = dict(found)
    first_names: dict[Inode, str] = {}
    result = []
    for entry in in_order(inodes):
        first = first_names.setdefault(inodes[entry], entry.path)
        is_repeated = inodes[entry] != (0, 0) and first != entry.path
        result.append(replace(entry, hard_link_to=first) if is_repeated else entry)
    return tuple(result)
