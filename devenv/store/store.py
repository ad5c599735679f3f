"""The local store: what the floors above see of it."""

import errno
import os
import sys
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType, TracebackType

from devenv.errors import StoreError
from devenv.host.dirs import Directories
from devenv.host.files import make_private_directory
from devenv.host.store_probe import check_can_hold_store
from devenv.model.store_path import PathInfo, StorePath
from devenv.store.contents import all_valid_infos, valid_infos
from devenv.store.context import Clock, StoreContext
from devenv.store.database import Database
from devenv.store.database_errors import DamagedDatabaseError, OldDatabaseError
from devenv.store.failures import explain, explained, read_only
from devenv.store.kill_points import KillPoints
from devenv.store.layout import DatabaseName, Layout
from devenv.store.leases import Holder, Lease
from devenv.store.roots import Root, RootKind, Roots
from devenv.store.session import Session
from devenv.typed import Self, TypeVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    # What seldom happens is imported when it does.
    from devenv.store.discard import Removed
    from devenv.store.rebuild import Rebuilt
    from devenv.store.verify import Difference

PATIENCE_SECONDS = 1.0
_MAX_COMMAND_CHARACTERS = 200

Result = TypeVar("Result")


class Store:
    """A store and the state folder whose roots point into it.

    A damaged or missing database is rebuilt from the records when it is next
    needed. May be shared by threads; a context that closes itself.
    """

    def __init__(self, context: StoreContext, *, state: Path, can_write: bool) -> None:
        self.directory = context.layout.store
        self._context = context
        self._roots = Roots(state)
        self._can_write = can_write

    @classmethod
    def open(
        cls,
        directories: Directories,
        clock: Clock,
        *,
        env: Mapping[str, str] = MappingProxyType({}),
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> "Store":
        """Return the store, made if there is none; the database waits for use.

        Args:
            directories: of these, the store and the state folder.
            clock: the time now, with its zone.
            env: asks for a kill point, in tests.
            patience_seconds: how long a wait for a lock stays silent.

        Raises:
            StoreError: the folder cannot hold a store, or is not ours alone.
        """
        layout = Layout(store=directories.store)
        context = StoreContext(
            layout=layout,
            database=Database(layout),
            clock=clock,
            kill_points=KillPoints.from_environment(env, directories.state),
            command=_command(),
            patience_seconds=patience_seconds,
        )
        can_write = _prepare(layout, directories.state)
        return cls(context, state=directories.state, can_write=can_write)

    def close(self) -> None:
        """Close the database."""
        self._context.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def path_of(self, path: StorePath) -> Path:
        """Return where `path` lies, valid or not."""
        return self._context.layout.path(path)

    def info(self, path: StorePath) -> PathInfo | None:
        """Return what is known of `path`, or None if it is not valid."""
        return self._valid([path]).get(path.base)

    def infos(self) -> tuple[PathInfo, ...]:
        """Return what is known of every valid path, by name."""
        context = self._context
        found = self._sound(lambda: all_valid_infos(context.layout, context.database))
        return tuple(found.values())

    def look(self, action: Callable[[StoreContext], Result]) -> Result:
        """Return what a function of `devenv.store` finds out about this store."""
        return self._sound(lambda: action(self._context))

    def change(self, action: Callable[[StoreContext], Result]) -> Result:
        """Have a function of `devenv.store` change this store.

        Raises:
            StoreError: the store is read-only, or `action` raises it.
        """
        self._check_can_write()
        return self._sound(lambda: action(self._context))

    def closure(self, paths: Iterable[StorePath]) -> tuple[PathInfo, ...]:
        """Return `paths` and everything they refer to, by name.

        Raises:
            StoreError: one of them is not valid.
        """
        found: dict[str, PathInfo] = {}
        wanted = set(paths)
        while wanted:
            level = self._valid(wanted)
            absent = {path.base for path in wanted} - level.keys()
            if absent:
                raise StoreError("this store path is not valid", where=min(absent))
            found |= level
            targets = {t for info in level.values() for t in info.references}
            wanted = {StorePath(target) for target in targets - found.keys()}
        return tuple(found[base] for base in sorted(found))

    @contextmanager
    def session(self) -> Generator[Session]:
        """Yield a session: what it keeps stays in the store until it ends.

        Raises:
            StoreError: the disk is full or cannot lock files ...
        """
        lease = None
        if self._can_write:
            self._sound(lambda: self._context.database.read(lambda _: None))
            with explained(self.directory):
                lease = Lease.take(self._context.layout, self._holder())
        session = Session(self._context, lease)
        try:
            yield session
        finally:
            session.end()

    def verify(
        self, paths: Iterable[StorePath] | None = None
    ) -> "tuple[Difference, ...]":
        """Read every file of `paths`, or of all, and return what is wrong."""
        from devenv.store.verify import verify  # noqa: PLC0415

        chosen = None if paths is None else tuple(paths)
        return self._sound(lambda: verify(self._context, chosen))

    def delete_all(self, *, is_forced: bool = False) -> "Removed":
        """Remove every path; see `devenv.store.delete`."""
        from devenv.store.delete import delete_all  # noqa: PLC0415

        return self.change(partial(delete_all, is_forced=is_forced))

    def rebuild_database(self) -> "Rebuilt":
        """Make the database anew from the records; see `devenv.store.rebuild`.

        Raises:
            StoreError: the store is read-only, or the disk full ...
        """
        self._check_can_write()
        while True:
            current = self._context.layout.current_database()
            rebuilt = self._rebuild(current)
            if rebuilt is not None:
                return rebuilt

    def add_root(
        self,
        name: str,
        paths: Iterable[StorePath],
        *,
        kind: RootKind = RootKind.AD_HOC,
        label: str = "",
    ) -> None:
        """Keep `paths` beyond the session; see `Roots.add`."""
        now = self._context.clock()
        self._roots.add(name, paths, kind=kind, label=label, now=now)

    def touch_root(self, name: str) -> None:
        """Note that the root `name` was used now."""
        self._roots.touch(name, now=self._context.clock())

    def root_stamp(self, name: str) -> Path:
        """Return the file that a shell may touch instead of `touch_root`."""
        return self._roots.stamp(name)

    def remove_root(self, name: str) -> None:
        """Keep no longer what the root `name` kept."""
        self._roots.remove(name)

    def roots(self) -> tuple[Root, ...]:
        """Return all roots of this state folder, by name."""
        return self._roots.all()

    @property
    def root_files(self) -> Roots:
        """The files of this state folder's roots."""
        return self._roots

    def _valid(self, paths: Iterable[StorePath]) -> dict[str, PathInfo]:
        context = self._context
        bases = {path.base for path in paths}
        return self._sound(lambda: valid_infos(context.layout, context.database, bases))

    def _sound(self, action: Callable[[], Result]) -> Result:
        """Run `action`; if the database is missing or damaged, rebuild it first."""
        layout = self._context.layout
        with explained(self.directory):
            before = layout.current_database()
            if before is None:
                self._check_can_write()
                self._rebuild(None)
            try:
                return action()
            except OldDatabaseError:
                self._migrate(before)
            except DamagedDatabaseError:
                if not self._can_write:
                    raise
                self._rebuild(before)
            return action()

    def _check_can_write(self) -> None:
        if not self._can_write:
            raise read_only(self.directory)

    def _rebuild(self, current: DatabaseName | None) -> "Rebuilt | None":
        from devenv.store.rebuild import rebuild_database  # noqa: PLC0415

        with explained(self.directory):
            return rebuild_database(self._context, instead_of=current)

    def _migrate(self, old: DatabaseName | None) -> None:
        if old is None:
            return
        from devenv.store.migrate import migrate_database  # noqa: PLC0415

        try:
            migrate_database(self._context, instead_of=old)
        except DamagedDatabaseError:
            self._rebuild(old)

    def _holder(self) -> Holder:
        now = self._context.clock()
        return Holder(pid=os.getpid(), command=self._context.command, since=now)


def _prepare(layout: Layout, state: Path) -> bool:
    """Make the folders; return whether the store can be written to.

    Raises:
        StoreError: there is no store, and none can be made.
    """
    try:
        make_private_directory(state)
        layout.prepare(state)
        check_can_hold_store(layout.store, remembered_in=state / "store-probe")
    except OSError as error:
        if layout.databases.is_dir() and error.errno in (errno.EROFS, errno.EACCES):
            return False
        raise (explain(error, layout.store) or _cannot_make(error, layout)) from error
    return True


def _cannot_make(error: OSError, layout: Layout) -> StoreError:
    return StoreError(
        f"the store cannot be used: {error.strerror}",
        where=str(error.filename or layout.store),
        hint="see to the permissions, or set DEVENV_STORE_DIR to another directory",
    )


def _command() -> str:
    words = [Path(sys.argv[0]).name, *sys.argv[1:]]
    return " ".join(words)[:_MAX_COMMAND_CHARACTERS]
