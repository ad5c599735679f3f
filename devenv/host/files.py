"""Files: written whole or not at all, read with a limit, removed safely."""

import os
import stat
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from devenv.errors import FormatError, StoreError
from devenv.typed import BinaryIO

PRIVATE_MODE = 0o700
_BLOCK_BYTES = 512
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_DIRECTORY_ONLY = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def random_name(prefix: str) -> str:
    """Return `prefix` followed by 128 random bits: nobody can guess or meet it."""
    return f"{prefix}{os.urandom(16).hex()}"


@contextmanager
def staged_file(
    target: Path, *, mode: int = 0o644, is_durable: bool = True
) -> Generator[BinaryIO]:
    """Yield a file that becomes `target` if the body succeeds.

    It lies beside `target` until then, so a reader sees the old file or the
    new one. `mode` is set exactly, whatever the umask; but where a file system has no
    modes (a stick's), what anybody may read has the one that it gets there. Who
    flushes the whole file system afterwards passes `is_durable=False`: a flush per
    file costs 28 times as much as none.

    Raises:
        OSError: it could not be written; `target` is as it was.
    """
    scratch = target.with_name(random_name(f".{target.name[:100]}-"))
    descriptor = os.open(
        scratch, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600
    )
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            _set_mode(descriptor, mode)
            if is_durable:
                os.fsync(descriptor)
        scratch.rename(target)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise
    if is_durable:
        sync_directory(target.parent)


def _set_mode(descriptor: int, mode: int) -> None:
    try:
        os.fchmod(descriptor, mode)
    except PermissionError:
        if not mode & stat.S_IROTH:
            raise


def write_whole(
    target: Path, content: bytes, *, mode: int = 0o644, is_durable: bool = True
) -> None:
    """Make `content` the whole of `target`; see `staged_file`."""
    with staged_file(target, mode=mode, is_durable=is_durable) as file:
        file.write(content)


def sync_directory(directory: Path) -> None:
    """Make renames, links and unlinks in `directory` durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_limited(path: Path, *, max_bytes: int) -> bytes:
    """Return the content of a regular file of at most `max_bytes`.

    Raises:
        FormatError: it is larger, or not a regular file (a FIFO would hang us).
        OSError: it cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise FormatError("this is not a regular file", where=str(path))
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise FormatError(f"this is larger than {max_bytes} bytes", where=str(path))
    return content


def names_in(directory: Path) -> list[str]:
    """Return the names in a directory, in order.

    Raises:
        OSError: it cannot be read.
    """
    # A store has 100,000s of them, and a value for each takes three times as long.
    return sorted(os.listdir(directory))  # noqa: PTH208


def allocated_bytes(path: Path) -> int:
    """Return the bytes of the disk that go with a file's or empty folder's last name.

    Nothing, if it has other names, or is gone.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        return 0
    is_last = found.st_nlink == 1 or stat.S_ISDIR(found.st_mode)
    return _allocated(found) if is_last else 0


def make_private_directory(path: Path) -> None:
    """Make sure `path` is a directory that only we can use.

    Missing parents are made as private as it. One that exists must be ours, no
    symbolic link and not writable for others, because what lies in it is run.

    Raises:
        StoreError: it is somebody else's, or open to others.
        OSError: it cannot be made.
    """
    try:
        _make_or_check(path)
    except FileNotFoundError:
        if not path.parent.is_dir():
            make_private_directory(path.parent)
        # A parent that is there has just been made by another process; or it was not
        # for want of one (a folder below /proc, say), and fails once more.
        _make_or_check(path)


def remove_tree(directory: int, name: str) -> int:
    """Remove the file or tree `name` in the open `directory`; follow no link.

    The tree must lie where nobody else writes. Its depth and modes do not
    matter: each subdirectory is first renamed up to the top, so that neither
    recursion, path length nor open descriptors grow with depth. A call that is
    killed leaves a smaller tree, which another call removes.

    Returns:
        The bytes of the disk that are free again: the blocks of the folders, and of
        the files whose last name this was.

    Raises:
        OSError: the first refusal; everything that could be removed is gone.
    """
    try:
        top, freed = _open_to_empty(directory, name)
    except NotADirectoryError:
        return _unlink(directory, name)
    except FileNotFoundError:
        return 0
    try:
        freed_inside, refusals = _empty(top)
        freed += freed_inside
    finally:
        os.close(top)
    if refusals:
        raise refusals[0]
    with suppress(FileNotFoundError):
        os.rmdir(name, dir_fd=directory)
    return freed


def _make_or_check(path: Path) -> None:
    try:
        _make_directory(path)
    except FileExistsError:
        _check_is_private(path)


def _make_directory(path: Path) -> None:
    path.mkdir(PRIVATE_MODE)
    # The umask may have taken even our own bits.
    path.chmod(PRIVATE_MODE)


def _check_is_private(path: Path) -> None:
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode) or not stat.S_ISDIR(found.st_mode):
        raise StoreError("this must be a directory, and no link", where=str(path))
    if found.st_uid != os.geteuid():
        raise StoreError(
            "this directory belongs to another user",
            where=str(path),
            hint="run devenv as that user, or choose another directory; after"
            f" `sudo devenv`: sudo chown -R $(id -u) '{path}'",
        )
    if found.st_mode & _WRITABLE_BY_OTHERS:
        raise StoreError(
            "other users may write to this directory",
            where=str(path),
            hint=f"run `chmod go-w {path}` if nothing strange is in it",
        )


def _empty(top: int) -> tuple[int, list[OSError]]:
    """Remove what is in the directory open at `top`: bytes freed, refusals."""
    refusals: list[OSError] = []
    waiting: deque[str] = deque()
    freed = _remove_files(top, top, waiting, refusals)
    while waiting:
        name = waiting.popleft()
        try:
            freed += _remove_lifted(top, name, waiting, refusals)
        except FileNotFoundError:
            continue  # somebody else empties the same trash
        except OSError as error:
            refusals.append(error)
    return freed, refusals


def _remove_lifted(
    top: int, name: str, waiting: deque[str], refusals: list[OSError]
) -> int:
    """Remove a subdirectory of `top`; its own become entries of `top` to come."""
    directory, freed = _open_to_empty(top, name)
    try:
        freed += _remove_files(directory, top, waiting, refusals)
    finally:
        os.close(directory)
    os.rmdir(name, dir_fd=top)
    return freed


def _remove_files(
    directory: int, top: int, waiting: deque[str], refusals: list[OSError]
) -> int:
    """Remove the files in an open directory, and lift its subdirectories to `top`."""
    freed = 0
    for child, is_directory in _children(directory):
        try:
            if not is_directory:
                freed += _unlink(directory, child)
            elif directory == top:
                waiting.append(child)
            else:
                waiting.append(_lift(directory, child, top))
        except FileNotFoundError:
            continue
        except OSError as error:
            refusals.append(error)
    return freed


def _children(directory: int) -> list[tuple[str, bool]]:
    with os.scandir(directory) as entries:
        return [(e.name, e.is_dir(follow_symlinks=False)) for e in entries]


def _lift(directory: int, child: str, top: int) -> str:
    # A directory may only be moved to another parent by who may write to it.
    os.close(_open_to_empty(directory, child)[0])
    lifted = random_name("-")
    os.rename(child, lifted, src_dir_fd=directory, dst_dir_fd=top)
    return lifted


def _unlink(directory: int, name: str) -> int:
    found = os.stat(name, dir_fd=directory, follow_symlinks=False)
    os.unlink(name, dir_fd=directory)
    return _allocated(found) if found.st_nlink == 1 else 0


def _allocated(found: os.stat_result) -> int:
    # In these units whatever the file system's own blocks are (stat(2)).
    return found.st_blocks * _BLOCK_BYTES


def _open_to_empty(directory: int, name: str) -> tuple[int, int]:
    """Open a subdirectory, after giving ourselves the right to empty it.

    Returns:
        It, open, and the bytes that it takes on the disk.
    """
    try:
        opened = os.open(name, os.O_RDONLY | _DIRECTORY_ONLY, dir_fd=directory)
    except PermissionError:
        opened = _open_after_allowing(directory, name)
    try:
        found = os.fstat(opened)
        if found.st_mode & PRIVATE_MODE != PRIVATE_MODE:
            os.fchmod(opened, PRIVATE_MODE)
    except BaseException:
        os.close(opened)
        raise
    return opened, _allocated(found)


def _open_after_allowing(directory: int, name: str) -> int:
    handle = os.open(name, os.O_PATH | _DIRECTORY_ONLY, dir_fd=directory)
    try:
        # Through the descriptor: by name, a link could come in between.
        os.chmod(f"/proc/self/fd/{handle}", PRIVATE_MODE)  # noqa: PTH101
        return os.open(".", os.O_RDONLY | _DIRECTORY_ONLY, dir_fd=handle)
    finally:
        os.close(handle)
