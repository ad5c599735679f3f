"""Making store paths: invisible until they are complete, right and durable.

A path is filled in a scratch directory, moved to its name, flushed together
with its neighbours by one syncfs, and only then registered by a row. A row,
and nothing else, makes a path valid. Flushes before that one leave it less to do.
"""

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from graphlib import TopologicalSorter
from pathlib import Path

from devenv.errors import StoreError
from devenv.host.sqlite import sqlite3
from devenv.host.syscalls import rename_without_replacing, sync_file_system
from devenv.model.store_path import PathInfo, PathKind, StorePath
from devenv.store.contents import registered, valid_bases
from devenv.store.context import StoreContext
from devenv.store.extent import extents_at_first, remember_extents
from devenv.store.flush_ahead import FlushAhead
from devenv.store.layout import scratch_name
from devenv.store.locks import PathLocks
from devenv.store.schema import register
from devenv.store.sidecar import Record, record_text
from devenv.store.trash import discard_names, empty_trash, opened

_DIRECTORY_MODE = 0o555
_RECORD_MODE = 0o444


class Batch:
    """Paths that this process makes, while it holds their locks.

    `missing` are those to be made; the others asked for are valid. `scratch`
    and `finish` may be called from several threads.
    """

    def __init__(
        self,
        context: StoreContext,
        *,
        token: str,
        missing: tuple[StorePath, ...],
        locks: PathLocks,
    ) -> None:
        self.missing = missing
        self._context = context
        self._token = token
        self._locks = locks
        self._scratch: dict[str, list[str]] = {path.base: [] for path in missing}
        self._finished: dict[str, Record] = {}
        self._committed: set[str] = set()
        self._guard = threading.Lock()
        self._ahead = FlushAhead(self._flush)

    def scratch(self, path: StorePath) -> Path:
        """Return a new, empty, private directory to fill for `path`."""
        name = scratch_name(self._token)
        with self._guard:
            self._of_missing(path).append(name)
        directory = self._context.layout.store / name
        directory.mkdir(0o700)
        directory.chmod(0o700)
        self._context.kill_points.reach("scratch-made")
        return directory

    def finish(self, path: StorePath, info: PathInfo) -> None:
        """Move the last scratch of `path` to its final name, still invisible.

        Its content must be complete and have its final modes; its own
        directory becomes read-only here.

        Raises:
            StoreError: something that is not ours stands at the final name.
        """
        _check(path, info)
        with self._guard:
            name = self._of_missing(path)[-1]
        record = Record(info=info, made_at=self._context.clock())
        self._move(name, path, record)
        with self._guard:
            self._scratch[path.base].remove(name)
            self._finished[path.base] = record
        # A tree is the last to be made: what it is worth was noted in between.
        if info.kind is not PathKind.TREE:
            self.note_made(files=info.file_count, size_bytes=info.size_bytes)

    def note_made(self, *, files: int, size_bytes: int) -> None:
        """Have the disk write what was made by now beside the work, if it is much.

        For what is being made in a scratch directory; `finish` says it of the rest.
        """
        self._ahead.made(files=files, size_bytes=size_bytes)

    def commit(self, *, meanwhile: Callable[[], None] | None = None) -> None:
        """Make everything finished so far durable, and then valid, at once.

        May be called again after more has been finished. Locks of what is
        valid now are freed. What is to be done `meanwhile` is done while the disk
        writes.

        Raises:
            StoreError: nothing of it became valid; a reference is to nothing,
                the disk is full or failing ...
            graphlib.CycleError: references within the batch form a cycle.
        """
        with self._guard:
            fresh = {
                base: record
                for base, record in self._finished.items()
                if base not in self._committed
            }
        reach = self._context.kill_points.reach
        reach("before-flush")
        with self._ahead.flushing():
            self._check_references(fresh)
            if meanwhile is not None:
                meanwhile()
        reach("flushed")
        self._register(list(fresh.values()))
        self._committed.update(fresh)
        reach("registered")
        self._locks.release(fresh)

    def abandon(self) -> None:
        """Remove what did not become valid; never raise.

        Asks the database, for we may have been interrupted after a commit
        that others already rely on. What cannot be removed is debris, which
        the next maker or the collector removes.
        """
        doubtful = self._finished.keys() - self._committed
        names = [name for names in self._scratch.values() for name in names]
        with suppress(OSError, StoreError):
            if doubtful:
                doubtful -= registered(self._context.database, doubtful)
                names += doubtful
                for base in doubtful:
                    self._context.layout.record(base).unlink(missing_ok=True)
            self._context.kill_points.reach("abandoning")
        _remove(self._context, names)

    def clear_debris(self) -> None:
        """Remove what killed processes left at the names to be made."""
        layout = self._context.layout
        bases = [path.base for path in self.missing]
        debris = [base for base in bases if os.path.lexists(layout.store / base)]
        for base in bases:
            layout.record(base).unlink(missing_ok=True)
        self._context.kill_points.reach("records-cleared")
        trash = discard_names(layout, debris)
        self._context.kill_points.reach("debris-renamed")
        empty_trash(layout, trash)

    def _register(self, records: Sequence[Record]) -> None:
        extents = extents_at_first(self._context, records)

        def write(connection: sqlite3.Connection) -> None:
            register(connection, records)
            remember_extents(connection, extents)

        self._context.database.write(write, is_durable=True)

    def _flush(self) -> None:
        with opened(self._context.layout) as store:
            sync_file_system(store)

    def _of_missing(self, path: StorePath) -> list[str]:
        if path.base not in self._scratch or path.base in self._finished:
            raise ValueError(f"{path.base} is not to be made in this batch")
        return self._scratch[path.base]

    def _move(self, name: str, path: StorePath, record: Record) -> None:
        layout, reach = self._context.layout, self._context.kill_points.reach
        (layout.store / name).chmod(_DIRECTORY_MODE)
        reach("made-read-only")
        try:
            with opened(layout) as store:
                rename_without_replacing(name, path.base, directory=store)
        except FileExistsError as error:
            raise StoreError(
                "something else put a file where a store path belongs",
                where=str(layout.path(path)),
                hint="remove it, and run the command again",
            ) from error
        reach("renamed")
        self._write_record(layout.record(path.base), record)
        reach("recorded")

    def _write_record(self, file: Path, record: Record) -> None:
        # Under a name that tells whose it is, so that it can be removed after a
        # kill. One syncfs flushes all records of a batch, in `commit`.
        scratch = self._context.layout.store / scratch_name(self._token)
        try:
            scratch.write_text(record_text(record), "utf-8")
            scratch.chmod(_RECORD_MODE)
            self._context.kill_points.reach("record-written")
            scratch.rename(file)
        except BaseException:
            scratch.unlink(missing_ok=True)
            raise

    def _check_references(self, fresh: dict[str, Record]) -> None:
        graph = {base: set(record.info.references) for base, record in fresh.items()}
        TopologicalSorter(graph).prepare()
        wanted = set().union(*graph.values()) - graph.keys()
        context = self._context
        absent = wanted - valid_bases(context.layout, context.database, wanted)
        if absent:
            raise StoreError(
                "a store path refers to one that is not valid", where=min(absent)
            )


def _check(path: StorePath, info: PathInfo) -> None:
    if info.path != path:
        raise ValueError(f"the record of {info.path.base} is not that of {path.base}")
    if info.kind is PathKind.UNPACKED and info.references:
        # The archive has cycles (libc6 and libgcc-s1); they live in the lock.
        raise ValueError(f"{path.base} is an unpacked archive: it refers to nothing")


def _remove(context: StoreContext, names: Iterable[str]) -> None:
    """Remove entries of the store's folder as far as possible."""
    trash: list[str] = []
    for name in names:
        with suppress(OSError):
            trash += discard_names(context.layout, [name])
    if trash:
        with suppress(OSError):
            empty_trash(context.layout, trash)
