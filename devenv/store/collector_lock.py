"""The lock of whoever collects, rebuilds or migrates: one at a time."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager

from devenv.store.layout import Layout


@contextmanager
def collector_locked(layout: Layout) -> Generator[None]:
    """Hold the lock, after waiting for it. Never inside a batch."""
    descriptor = os.open(layout.collector_lock, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
