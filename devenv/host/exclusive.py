"""One at a time: a lock that is a file, and ends with whoever holds it."""

import fcntl
import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_MODE = 0o600


def try_lock(path: Path | str) -> int | None:
    """Return a descriptor that holds the lock, None if somebody else does.

    A child of ours that inherits the descriptor holds it as well.

    Raises:
        OSError: the file cannot be opened.
    """
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


@contextmanager
def locked(path: Path, *, held: int | None = None) -> Generator[None]:
    """Hold the lock for the body, waiting for it; or take over one that is `held`.

    Raises:
        OSError: the file cannot be opened.
    """
    descriptor = _open(path) if held is None else held
    try:
        if held is None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def wait_until_free(path: Path, *, timeout_seconds: float | None) -> bool:
    """Wait until nobody holds the lock; tell whether that came in time.

    Raises:
        OSError: the file cannot be opened.
    """
    descriptor = _open(path)
    # The kernel wakes us; a thread, because flock(2) knows no time limit. If it
    # still waits when the process ends, nothing is lost.
    waiting = threading.Thread(target=_pass_through, args=(descriptor,), daemon=True)
    waiting.start()
    waiting.join(timeout_seconds)
    return not waiting.is_alive()


def _pass_through(descriptor: int) -> None:
    """Wait for the lock and let go of it, also long after who asked has left."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def is_locked(path: Path) -> bool:
    """Tell whether somebody holds the lock; never waits.

    Raises:
        OSError: the file cannot be opened.
    """
    descriptor = try_lock(path)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def _open(path: Path | str) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    return os.open(path, flags, _MODE)
