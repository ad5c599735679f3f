"""Folders and thousands of links below one folder, made by threads side by side."""

import ctypes
import errno
import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress

from devenv.host.files_library import Turn, load_files_library
from devenv.values import dataclass

FOLDER_MODE = 0o700
"""Ours alone, until a tree is sealed."""

FOLDER_ONLY = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
"""How a folder is opened that is to be filled."""

_ENCODING = ("utf-8", "surrogateescape")
_FOLDER, _LINK, _SYMLINK = "F", "L", "S"


def making_folder(path: str) -> str:
    """Return the operation that makes a folder; what follows goes into it."""
    return f"{_FOLDER}{path}\0\0"


def linking(source: str, name: str) -> str:
    """Return the operation that gives a file, or a symbolic link, one more name."""
    return f"{_LINK}{source}\0{name}\0"


def making_symlink(target: str, name: str) -> str:
    """Return the operation that makes a symbolic link."""
    return f"{_SYMLINK}{target}\0{name}\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An operation that failed: the number of the error, and what it was about.

    `folder` is that of `name`, seen from the root; `source` is a link's. For a folder
    `name` is empty.
    """

    number: int
    folder: str
    name: str
    source: str


class Operations:
    """What is to be made in a folder, and how far that is.

    Args:
        parts: operations that may be done in any order, and by any thread. Each begins
            with a folder, in which no other part makes anything. Folders are made with
            their parents, and may be there.

    Raises:
        ValueError: a path or target has a NUL.
    """

    def __init__(self, parts: Sequence[Sequence[str]]) -> None:
        texts = ["".join(part).encode(*_ENCODING) for part in parts]
        self._text = b"".join(texts)
        if self._text.count(b"\0") != 2 * sum(map(len, parts)):
            raise ValueError("embedded null byte")
        ends = []
        end = 0
        for text in texts:
            end += len(text)
            ends.append(end)
        self._count = len(ends)
        self._ends = (ctypes.c_uint64 * self._count)(*ends)
        # Shared with the library: the first part that nobody has taken.
        self._next = ctypes.c_uint32()

    @property
    def can_be_shared(self) -> bool:
        """Whether several threads get on faster than one."""
        # Python's wait for each other after every call.
        return self._count > 1 and load_files_library() is not None

    def end(self) -> None:
        """Have nobody take another part."""
        self._next.value = self._count

    def do(self, root: int) -> Iterator[Refusal]:
        """Take parts, until none is left, and do them below the open folder `root`.

        Others may do the same at the same time if it `can_be_shared`. An operation that
        fails is yielded: who goes on has seen to it.
        """
        library = load_files_library()
        if library is None:
            yield from self._do_by_python(root)
            return
        turn = Turn()
        while number := library.devenv_fill(
            root, self._text, self._ends, self._count, self._next, turn
        ):
            yield self._refusal(number, turn.folder, turn.failed)

    def _do_by_python(self, root: int) -> Iterator[Refusal]:
        while (part := self._next.value) < self._count:
            self._next.value += 1
            with opened_folder(root, "") as opened:
                at = folder = self._ends[part - 1] if part else 0
                while at < self._ends[part]:
                    kind, source, name, end = self._read(at)
                    try:
                        if kind == _FOLDER:
                            folder = at
                            _enter(root, source, opened)
                        else:
                            _do(kind, source, name, opened)
                    except OSError as error:
                        yield self._refusal(error.errno or errno.EIO, folder, at)
                    at = end

    def _read(self, at: int) -> tuple[str, str, str, int]:
        """Return kind and texts of the operation at a place, and where it ends."""
        middle = self._text.index(b"\0", at)
        end = self._text.index(b"\0", middle + 1)
        kind, first = self._text[at : at + 1], self._text[at + 1 : middle]
        second = self._text[middle + 1 : end]
        return kind.decode(), _text(first), _text(second), end + 1

    def _refusal(self, number: int, folder: int, failed: int) -> Refusal:
        _, path, _, _ = self._read(folder)
        kind, source, name, _ = self._read(failed)
        return Refusal(
            number=number,
            folder=path,
            name=name,
            source=source if kind == _LINK else "",
        )


def _text(encoded: bytes) -> str:
    return encoded.decode(*_ENCODING)


@contextmanager
def opened_folder(root: int, path: str) -> Generator[int]:
    """Yield a folder seen from the open folder `root`; what there is not is made.

    Raises:
        OSError: the disk refuses, or a file or a link stands on the way.
    """
    opened = os.dup(root)
    try:
        _enter(root, path, opened)
        yield opened
    finally:
        os.close(opened)


def _enter(root: int, path: str, opened: int) -> None:
    """Have `opened` be the folder at `path`, made and opened name by name."""
    os.dup2(root, opened, inheritable=False)
    for name in path.split("/") if path else ():
        with suppress(FileExistsError):
            os.mkdir(name, FOLDER_MODE, dir_fd=opened)
        inside = os.open(name, FOLDER_ONLY, dir_fd=opened)
        os.dup2(inside, opened, inheritable=False)
        os.close(inside)


def _do(kind: str, source: str, name: str, folder: int) -> None:
    if kind == _LINK:
        os.link(source, name, dst_dir_fd=folder, follow_symlinks=False)
    else:
        os.symlink(source, name, dir_fd=folder)
