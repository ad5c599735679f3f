"""Having the disk write what was made so far, while more is being made.

Otherwise it would be idle until the commit, and the processors during it.
"""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

WORTH_FILES = 1000
WORTH_BYTES = 64 << 20
"""A flush takes a few milliseconds even if there is nothing to write."""


class FlushAhead:
    """Flushes beside the work, one at a time, each after much was made.

    Args:
        flush: makes durable what is there when it is called.

    The kernel tells of a write that failed only once, so what a flush raised is kept
    for `wait`. Nothing is promised before a flush of one's own and `wait`.
    """

    def __init__(self, flush: Callable[[], None]) -> None:
        self._flush = flush
        self._guard = threading.Lock()
        self._running: threading.Thread | None = None
        self._error: OSError | None = None
        self._files = 0
        self._bytes = 0

    def made(self, *, files: int, size_bytes: int) -> None:
        """Take note of what was made; begin a flush if it is worth one by now.

        It may be called from several threads.
        """
        with self._guard:
            self._files += files
            self._bytes += size_bytes
            is_little = self._files < WORTH_FILES and self._bytes < WORTH_BYTES
            if is_little or (self._running and self._running.is_alive()):
                return
            self._files = self._bytes = 0
            # A process that ends meanwhile does not wait for it.
            thread = threading.Thread(target=self._run, name="flush", daemon=True)
            # Where no more threads are to be had, the commit flushes all.
            with suppress(RuntimeError):
                thread.start()
                self._running = thread

    @contextmanager
    def flushing(self) -> Generator[None]:
        """Flush what is there by now beside the body; in the end wait for all flushes.

        Raises:
            OSError: what a flush until now has met; the data may be lost.
        """
        # Beside what may be running still: both wait for the same writes.
        thread = threading.Thread(target=self._run, name="flush", daemon=True)
        has_begun = False
        with suppress(RuntimeError):
            thread.start()
            has_begun = True
        try:
            yield
        finally:
            if has_begun:
                thread.join()
        if not has_begun:
            self._flush()
        self.wait()

    def wait(self) -> None:
        """Wait for the flush that is running, if there is one.

        Raises:
            OSError: what a flush until now has met; the data may be lost.
        """
        with self._guard:
            if self._running is not None:
                self._running.join()
                self._running = None
            if self._error is not None:
                raise self._error

    def _run(self) -> None:
        try:
            self._flush()
        except OSError as error:
            self._error = error
