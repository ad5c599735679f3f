"""Removing trash beside other work."""

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Self

from devenv.host.remove_trees import remove_trees
from devenv.store.layout import Layout
from devenv.store.trash import opened

_AT_ONCE = 64
_SHARES = 8
"""How many names a thread takes at a time at most, and how many times it is to do so:
each name may be a tree of 10,000 files."""

_MOST_THREADS = 3
"""More wait for each other in the store's folder."""

_LEAVE_SECONDS = 2.0
"""How long threads that were called off have to end by themselves."""


class Emptying:
    """Removes trash beside what its body does; at the end of that all of it is gone.

    What cannot be removed now stays for the next time. `freed_bytes`, of the disk, is
    right at the end. If the body fails, what is left stays, too.

    Args:
        layout: the store.
        gone: hears how many names more are dealt with, from several threads.
    """

    def __init__(
        self, layout: Layout, *, gone: Callable[[int], None] = lambda _: None
    ) -> None:
        self._layout = layout
        self._gone = gone
        self._waiting: SimpleQueue[Sequence[str] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        # One processor is for who has things removed, and helps at the end.
        others = len(os.sched_getaffinity(0)) - 1
        self._thread_count = max(1, min(_MOST_THREADS, others))
        self._is_over = False
        self._freed: list[int] = []
        self._errors: list[BaseException] = []

    @property
    def freed_bytes(self) -> int:
        """The disk's bytes that are free again until now."""
        return sum(self._freed)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        is_over = error is not None
        try:
            if not is_over:
                self._remove_all()
        except BaseException:
            is_over = True
            raise
        finally:
            self._end(is_over=is_over)
        if not is_over and self._errors:
            raise self._errors[0]

    def add(self, names: Sequence[str]) -> None:
        """Have these removed, which are in the store's folder."""
        size = max(1, min(_AT_ONCE, len(names) // _SHARES))
        for start in range(0, len(names), size):
            self._waiting.put(names[start : start + size])
            # Where no more threads are to be had, who waits for them does it all.
            with suppress(RuntimeError):
                self._start_thread()

    def _end(self, *, is_over: bool) -> None:
        self._is_over = is_over
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join(_LEAVE_SECONDS / len(self._threads) if is_over else None)

    def _start_thread(self) -> None:
        if len(self._threads) < self._thread_count:
            thread = threading.Thread(target=self._work, name="emptying", daemon=True)
            thread.start()
            self._threads.append(thread)

    def _work(self) -> None:
        """Remove until told to stop; in a folder of our own, which nobody closes."""
        try:
            with opened(self._layout) as store:
                while (names := self._waiting.get()) and not self._is_over:
                    self._remove(store, names)
        except BaseException as error:  # noqa: BLE001 - raised by who waits
            self._errors.append(error)

    def _remove_all(self) -> None:
        with opened(self._layout) as store, suppress(Empty):
            while names := self._waiting.get_nowait():
                self._remove(store, names)

    def _remove(self, store: int, names: Sequence[str]) -> None:
        self._freed.append(remove_trees(store, names).freed_bytes)
        self._gone(len(names))
