"""A session: one process's use of the store, from its first need to its end."""

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from types import MappingProxyType

from devenv.errors import StoreError
from devenv.model.store_path import StorePath
from devenv.store.contents import registered, valid_bases
from devenv.store.context import StoreContext
from devenv.store.failures import disk_full, explained, read_only
from devenv.store.leases import Lease
from devenv.store.locks import PathLocks, Waiting
from devenv.store.realise import Batch
from devenv.store.schema import add_leases, drop_leases, mark_lost
from devenv.store.trash import room_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from devenv.store.discard import Removed

COLLECT_BELOW_BYTES = 256 << 20
"""Garbage is collected before less than this would be free."""


class Session:
    """What is kept here stays in the store while the session lasts.

    A store that cannot be written to has sessions without a lease: nothing
    can be removed from it either.
    """

    def __init__(self, context: StoreContext, lease: Lease | None) -> None:
        self._context = context
        self._lease = lease
        self._kept: set[str] = set()
        self._is_making = False

    def keep(self, paths: Iterable[StorePath]) -> None:
        """Protect `paths`, valid or yet to be made, from the collector.

        Raises:
            StoreError: that could not be written down.
        """
        fresh = {path.base for path in paths} - self._kept
        if self._lease is None or not fresh:
            return
        token = self._lease.token
        with explained(self._context.layout.store):
            # The file first: a rebuilt database takes its rows from there.
            self._lease.note_kept(fresh)
            self._context.kill_points.reach("lease-noted")
            self._context.database.write(
                partial(add_leases, token=token, bases=fresh), is_durable=False
            )
        self._context.kill_points.reach("lease-kept")
        self._kept |= fresh

    @contextmanager
    def making(
        self,
        paths: Iterable[StorePath],
        *,
        waiting: Waiting | None = None,
        collected: "Callable[[Removed], None] | None" = None,
        sizes: Mapping[StorePath, int] = MappingProxyType({}),
    ) -> Generator[Batch]:
        """Yield a batch in which those of `paths` that are missing can be made.

        They are kept and locked. Whatever the body does not commit is removed
        when it ends, for whatever reason. Only one at a time: a second would
        take locks out of order.

        Args:
            paths: everything wanted, valid or not.
            waiting: told who makes a path that we have to wait for.
            collected: told what was removed to make room, if something was.
            sizes: the bytes that a path will take if it is missing, where known.

        Raises:
            StoreError: the store is read-only, the disk full or failing ...
        """
        if self._is_making:
            raise RuntimeError("this session already holds the locks of a batch")
        self._is_making = True
        try:
            with explained(self._context.layout.store):
                wanted = tuple(dict.fromkeys(paths))
                self.keep(wanted)
                missing = self._missing(wanted)
                needed_bytes = sum(sizes.get(path, 0) for path in missing)
                if missing:
                    self._make_room(needed_bytes, collected)
                with self._batch(missing, waiting, needed_bytes) as batch:
                    yield batch
        finally:
            self._is_making = False

    @contextmanager
    def _batch(
        self,
        missing: tuple[StorePath, ...],
        waiting: Waiting | None,
        needed_bytes: int,
    ) -> Generator[Batch]:
        context = self._context
        locks = PathLocks(
            context.layout,
            waiting=waiting,
            patience_seconds=context.patience_seconds,
        )
        with ExitStack() as stack:
            token = ""
            if missing:
                token = self._check_can_make(needed_bytes)
                stack.enter_context(locks)
                missing = self._lock(locks, missing)
            batch = Batch(context, token=token, missing=missing, locks=locks)
            stack.callback(batch.abandon)
            # Explained before anything is removed: what is free then is not
            # what was free when the disk was full.
            with explained(context.layout.store, needed_bytes=needed_bytes):
                if missing:
                    batch.clear_debris()
                yield batch

    def _lock(
        self, locks: PathLocks, missing: tuple[StorePath, ...]
    ) -> tuple[StorePath, ...]:
        """Lock `missing`; free and leave out what others have made by then."""
        bases = {path.base for path in missing}
        locks.take(bases)
        self._context.kill_points.reach("locked")
        if self._lease is not None:
            self._lease.note_making(bases)
        still = self._missing(missing)
        locks.release(bases - {path.base for path in still})
        self._forget_lost(still)
        return still

    def _missing(self, paths: tuple[StorePath, ...]) -> tuple[StorePath, ...]:
        context = self._context
        bases = [path.base for path in paths]
        valid = valid_bases(context.layout, context.database, bases)
        return tuple(path for path in paths if path.base not in valid)

    def _forget_lost(self, missing: tuple[StorePath, ...]) -> None:
        """Unmake rows whose directory somebody removed behind our back."""
        bases = [path.base for path in missing]
        lost = registered(self._context.database, bases)
        if lost:
            self._context.database.write(
                partial(mark_lost, bases=lost), is_durable=True
            )

    def _make_room(
        self, needed_bytes: int, collected: "Callable[[Removed], None] | None"
    ) -> None:
        """Collect garbage if the disk would be nearly full otherwise."""
        wanted_bytes = needed_bytes + COLLECT_BELOW_BYTES
        if self._lease is None or wanted_bytes <= room_bytes(
            self._context.layout.store
        ):
            return
        from devenv.store.collect import make_room  # noqa: PLC0415 - mostly there is

        removed = make_room(self._context, wanted_bytes)
        if collected is not None and removed.path_count:
            collected(removed)

    def _check_can_make(self, needed_bytes: int) -> str:
        """Return the lease's token, if there is one and room enough."""
        store = self._context.layout.store
        if self._lease is None:
            raise read_only(store)
        if needed_bytes > room_bytes(store):
            raise disk_full(store, needed_bytes=needed_bytes)
        return self._lease.token

    def end(self) -> None:
        """Give the lease back."""
        lease, self._lease = self._lease, None
        if lease is None:
            return
        # Rows that cannot be deleted go with the next collection.
        with suppress(StoreError, OSError):
            self._context.database.write(
                partial(drop_leases, token=lease.token), is_durable=False
            )
        lease.release()
