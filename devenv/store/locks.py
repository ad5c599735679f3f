"""Path locks: who holds one is the only process that makes that path.

They are byte-range locks on one file that is never removed, so there is no
litter and no race with an unlink; the kernel frees them on any death. Two
names may share a byte, and then only wait for each other.
"""

import os
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from functools import lru_cache
from types import TracebackType

from devenv import hashes
from devenv.host.syscalls import LockKind, lock_byte
from devenv.model.store_path import StorePath
from devenv.store.layout import Layout
from devenv.store.leases import Holder, living_leases, read_lease
from devenv.typed import Self
from devenv.values import dataclass

_SPARE_BITS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """We wait for `path`, which `holder` is making (None if that is not known)."""

    path: StorePath
    holder: Holder | None


Waiting = Callable[[Wait], None]
"""Called once for each lock that is not free soon, from another thread."""


@lru_cache(maxsize=1024)
def lock_offset(base: str) -> int:
    """Return the byte that stands for the path named `base`: 62 bits of a hash."""
    digest = hashes.sha256(base.encode("ascii")).digest()
    return int.from_bytes(digest[:8], "big") >> _SPARE_BITS


class PathLocks:
    """The locks that one realise holds; a context that frees all of them."""

    def __init__(
        self, layout: Layout, *, waiting: Waiting | None, patience_seconds: float
    ) -> None:
        self._layout = layout
        self._waiting = waiting
        self._patience_seconds = patience_seconds
        self._held: dict[int, set[str]] = {}
        self._descriptor = -1

    def __enter__(self) -> Self:
        self._descriptor = os.open(self._layout.path_locks, os.O_RDWR | os.O_CLOEXEC)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)

    @contextmanager
    def try_taking(self, bases: Sequence[str]) -> Generator[Sequence[str]]:
        """Yield those of `bases` that nobody holds, locked in the body.

        Where nobody holds any lock one call takes all there are, so the body must be
        short. Not for who holds some already.
        """
        if self._lock_all(LockKind.EXCLUSIVE):
            try:
                yield bases
            finally:
                self._lock_all(LockKind.RELEASED)
            return
        taken = [base for base in bases if self.try_take(base)]
        try:
            yield taken
        finally:
            self.release(taken)

    def take(self, bases: Iterable[str]) -> None:
        """Lock all of `bases`, waiting as long as it takes.

        In the order of their bytes, the same for everybody: two sets that
        overlap never wait for each other in a circle. Hence only once.
        """
        for base in sorted(bases, key=lock_offset):
            offset = lock_offset(base)
            if offset not in self._held:
                self._take_one(base, offset)
            self._held.setdefault(offset, set()).add(base)

    def try_take(self, base: str) -> bool:
        """Lock `base` if nobody holds it; return whether that went well."""
        offset = lock_offset(base)
        if not lock_byte(self._descriptor, offset, LockKind.EXCLUSIVE):
            return False
        self._held.setdefault(offset, set()).add(base)
        return True

    def release(self, bases: Iterable[str]) -> None:
        """Free the locks of `bases`."""
        for base in bases:
            offset = lock_offset(base)
            sharing = self._held.get(offset, set())
            sharing.discard(base)
            if not sharing and self._held.pop(offset, None) is not None:
                lock_byte(self._descriptor, offset, LockKind.RELEASED)

    def _lock_all(self, kind: LockKind) -> bool:
        return lock_byte(self._descriptor, 0, kind, length=0)

    def _take_one(self, base: str, offset: int) -> None:
        if lock_byte(self._descriptor, offset, LockKind.EXCLUSIVE):
            return
        with self._announced(base):
            lock_byte(self._descriptor, offset, LockKind.EXCLUSIVE, is_waiting=True)

    @contextmanager
    def _announced(self, base: str) -> Generator[None]:
        """Have `waiting` called if the body takes longer than our patience."""
        waiting = self._waiting
        if waiting is None:
            yield
            return

        def announce() -> None:
            waiting(Wait(path=StorePath(base), holder=self._find_holder(base)))

        timer = threading.Timer(self._patience_seconds, announce)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _find_holder(self, base: str) -> Holder | None:
        for file in living_leases(self._layout):
            note = read_lease(file)
            if base in note.making:
                return note.holder
        return None
