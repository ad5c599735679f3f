"""What is below a folder, in the order of names, and what its files speak of."""

import errno
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator

from devenv.typed import BinaryIO, NamedTuple

_PIECE_BYTES = 1 << 20
_NAME = re.compile(rb"/([a-z2-7]{32})-")
_NAME_BYTES = 34
_NANOSECONDS = 1_000_000_000
_OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class FoundFile(NamedTuple):
    """Something that is not a folder; `path` is relative, as the file system has it.

    `mode` is the whole of what lstat(2) tells; `target` a symbolic link's text.
    `inode` is the device, the number on it and how many names it has.
    """

    path: bytes
    mode: int
    size: int
    mtime_seconds: int
    target: bytes
    inode: tuple[int, int, int]

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return stat.S_ISLNK(self.mode)

    @property
    def is_plain(self) -> bool:
        """Whether it is a regular file."""
        return stat.S_ISREG(self.mode)


class FoundFolder(NamedTuple):
    """A folder; `path` is relative, as the file system has it."""

    path: bytes


def walk_files(
    root: bytes, *, skips: Callable[[bytes], bool] = lambda _: False
) -> Iterator[FoundFile | FoundFolder]:
    """Yield everything below a folder, or the one file that `root` is.

    No link is followed; depth costs no recursion. What `skips` says yes to, by its
    path, is left out with all that is in it. A single file has the path b"".

    Raises:
        OSError: something cannot be looked at.
    """
    found = os.lstat(root)
    if not stat.S_ISDIR(found.st_mode):
        yield _found(root, b"", found)
        return
    waiting = [b""]
    while waiting:
        path = waiting.pop()
        whole = os.path.join(root, path)  # noqa: PTH118 - bytes, and thousands of them
        found = os.lstat(whole)
        if not stat.S_ISDIR(found.st_mode):
            yield _found(whole, path, found)
            continue
        if path:
            yield FoundFolder(path)
        names = sorted(os.listdir(whole), reverse=True)  # noqa: PTH208 - as above
        below = [os.path.join(path, name) for name in names]  # noqa: PTH118
        waiting += [each for each in below if not skips(each)]


def _found(whole: bytes, path: bytes, found: os.stat_result) -> FoundFile:
    is_link = stat.S_ISLNK(found.st_mode)
    return FoundFile(
        path=path,
        mode=found.st_mode,
        size=found.st_size,
        mtime_seconds=found.st_mtime_ns // _NANOSECONDS,
        target=os.readlink(whole) if is_link else b"",  # noqa: PTH115 - bytes
        inode=(found.st_dev, found.st_ino, found.st_nlink),
    )


class Spoken(NamedTuple):
    """A file's SHA-256 (hex), and the digests of store paths that its bytes name."""

    sha256: str
    digests: frozenset[bytes]


def read_spoken(path: bytes, store: bytes) -> Spoken:
    """Read a file once: its hash, and which paths of the store at `store` it names.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    found: set[bytes] = set()
    kept = b""
    with open_plain(path) as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
            text = kept + piece if kept else piece
            found.update(named_digests(text, store))
            # A name may begin in one piece and end in the next.
            kept = text[-len(store) - _NAME_BYTES :]
    return Spoken(sha256=digest.hexdigest(), digests=frozenset(found))


def named_digests(text: bytes, store: bytes) -> set[bytes]:
    """Return the digests of the store paths that a text names."""
    found = set()
    at = text.find(store)
    while at >= 0:
        match = _NAME.match(text, at + len(store))
        if match:
            found.add(match[1])
        at = text.find(store, at + 1)
    return found


def open_plain(path: bytes) -> BinaryIO:
    """Open a regular file; neither a link nor anything else that stands there.

    Raises:
        OSError: it cannot be opened, or is something else by now.
    """
    descriptor = os.open(path, _OPEN_FILE)
    file = os.fdopen(descriptor, "rb", buffering=0)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "this is no longer a file", os.fsdecode(path))
    return file
