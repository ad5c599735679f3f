"""The lock of whoever collects, rebuilds or migrates: one at a time."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager

from devenv.store.layout import Layout


@contextmanager
def collector_locked(layout: Layout, *, is_waiting: bool = True) -> Generator[None]:
    """Hold the lock, after waiting for it. Never wait inside a batch.

    Raises:
        BlockingIOError: somebody else holds it, and we are not waiting.
    """
    descriptor = os.open(layout.collector_lock, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if is_waiting else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)
