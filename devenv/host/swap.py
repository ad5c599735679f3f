"""Small private files and links that are renewed often, each in one step.

In an open folder, by their names: who waits for them waits for fractions of a
millisecond, of which `pathlib` would take more than the kernel. Nothing is flushed. A
power cut may leave such a file empty, so that one is read before it is used again.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from devenv.host.files import make_private_directory, random_name

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_PIECE_BYTES = 1 << 12
_WRITE = os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


@contextmanager
def open_folder(path: str) -> Iterator[int]:
    """Yield the descriptor of a folder, for the functions below.

    Raises:
        OSError: there is none, or it cannot be read.
    """
    descriptor = os.open(path, _FOLDER)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def open_private_folder(path: str) -> Iterator[int]:
    """Yield the descriptor of a folder that only we can use; it is made if need be.

    Raises:
        StoreError: it is somebody else's, or open to others; or a link.
        OSError: it cannot be made, or read.
    """
    descriptor = -1
    with suppress(OSError):
        descriptor = os.open(path, _FOLDER | os.O_NOFOLLOW)
    try:
        # Mostly it is there, and to look at what is open takes least.
        if descriptor < 0 or not _is_private(os.fstat(descriptor)):
            make_private_directory(Path(path))
            if descriptor < 0:
                descriptor = os.open(path, _FOLDER | os.O_NOFOLLOW)
        yield descriptor
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _is_private(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid() and not found.st_mode & 0o022


def read_small(folder: int, name: str) -> bytes | None:
    """Return what is in a small file, None if it cannot be read."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return None
    try:
        content = b""
        while piece := os.read(descriptor, _PIECE_BYTES):
            content += piece
    finally:
        os.close(descriptor)
    return content


def swap_file(folder: int, name: str, content: bytes) -> None:
    """Make `content` the whole of a file that only we may read; unless it is.

    Raises:
        OSError: it could not be written; what was there is as it was.
    """
    if read_small(folder, name) == content:
        return
    scratch = random_name(f".{name}-")
    descriptor = os.open(scratch, _NEW, 0o600, dir_fd=folder)
    try:
        _write(descriptor, content)
        rename(folder, scratch, name)
    except BaseException:
        remove(folder, [scratch])
        raise


def put_file(folder: int, name: str, content: bytes) -> None:
    """Make a file that nobody looks for yet: its name says what is in it.

    One that is there already may be half of one: it is swapped.

    Raises:
        OSError: it could not be written.
    """
    try:
        descriptor = os.open(name, _NEW, 0o600, dir_fd=folder)
    except FileExistsError:
        swap_file(folder, name, content)
        return
    try:
        _write(descriptor, content)
    except BaseException:
        remove(folder, [name])
        raise


def make_empty(folder: int, name: str) -> None:
    """Make an empty file, to be filled once (`fill`).

    Raises:
        OSError: there is one of that name, or it cannot be made.
    """
    os.close(os.open(name, _NEW, 0o600, dir_fd=folder))


def fill(folder: int, name: str, content: bytes) -> None:
    """Write into an empty file that nobody looks for yet.

    Raises:
        OSError: it is gone, or cannot be written.
    """
    _write(os.open(name, _WRITE, dir_fd=folder), content)


def swap_link(folder: int, name: str, target: str) -> None:
    """Make a link lead to `target` beside it; unless it does.

    Another name of the same file would not have to be made; but ext4 writes out a new
    file that takes the place of another one, and 10 ms pass.

    Raises:
        OSError: it could not be made; what was there is as it was.
    """
    with suppress(OSError):
        if os.readlink(name, dir_fd=folder) == target:
            return
    renew_link(folder, name, target)


def renew_link(folder: int, name: str, target: str) -> None:
    """Make a link lead to `target`, where it leads elsewhere; see `swap_link`.

    Raises:
        OSError: it could not be made; what was there is as it was.
    """
    scratch = random_name(f".{name}-")
    os.symlink(target, scratch, dir_fd=folder)
    try:
        rename(folder, scratch, name)
    except BaseException:
        remove(folder, [scratch])
        raise


def rename(folder: int, name: str, new_name: str) -> None:
    """Give a file another name, in place of whatever has it.

    Raises:
        OSError: there is none, or it may not be renamed.
    """
    os.rename(name, new_name, src_dir_fd=folder, dst_dir_fd=folder)


def remove(folder: int, names: Iterable[str]) -> None:
    """Remove files and links; those that are gone are no error.

    Raises:
        OSError: one cannot be removed.
    """
    for name in names:
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=folder)


def _write(descriptor: int, content: bytes) -> None:
    """Write all, and close."""
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(descriptor, left) :]
    finally:
        os.close(descriptor)
