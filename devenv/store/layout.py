"""Where things lie in the store's folder.

Beside the store paths there are only names with a leading dot:

    .records/NAME.json        the record of each path, enough to rebuild the database
    .database/store.vS.G.sqlite   schema S, generation G; the highest one counts
    .leases/TOKEN             one file for each living session
    .states/HASH              the state folders whose roots point in here
    .locks, .gc-lock          locked, never written, never removed
    .reserve                  space to give up when the disk is full
    .tmp-TOKEN-RANDOM         a path in the making by the session TOKEN
    .trash-RANDOM             what waits to be removed

Scratch and trash lie in the store's folder itself: renaming a read-only
directory to another parent is refused to everybody but root.
"""

import os
from contextlib import suppress
from pathlib import Path

from devenv import hashes
from devenv.errors import StoreError
from devenv.host.files import make_private_directory, names_in, random_name, write_whole
from devenv.host.spread_folders import spread_folders
from devenv.model.store_path import StorePath
from devenv.patterns import late_pattern
from devenv.values import dataclass

TRASH_PREFIX = ".trash-"
SCRATCH_PREFIX = ".tmp-"
RESERVE_BYTES = 1 << 20

_BASE = late_pattern(r"[a-z2-7]{32}-[A-Za-z0-9._+-]{1,200}")
_DATABASE = late_pattern(r"store\.v(\d{1,6})\.(\d{1,9})\.sqlite(?:-[a-z]+)?")


@dataclass(frozen=True, slots=True, order=True)
class DatabaseName:
    """A database file: its schema, and which rebuild it came from."""

    schema: int
    generation: int

    @property
    def file_name(self) -> str:
        """The name in the `.database` folder."""
        return f"store.v{self.schema}.{self.generation}.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The names in one store's folder."""

    store: Path

    @property
    def records(self) -> Path:
        """The folder of the records."""
        return self.store / ".records"

    @property
    def databases(self) -> Path:
        """The folder of the database files."""
        return self.store / ".database"

    @property
    def leases(self) -> Path:
        """The folder of the lease files."""
        return self.store / ".leases"

    @property
    def states(self) -> Path:
        """The folder that names the state folders with roots into this store."""
        return self.store / ".states"

    @property
    def path_locks(self) -> Path:
        """The file whose bytes are the locks of the paths."""
        return self.store / ".locks"

    @property
    def collector_lock(self) -> Path:
        """The file locked by who collects, migrates or rebuilds."""
        return self.store / ".gc-lock"

    @property
    def reserve(self) -> Path:
        """The file that is given up first on a full disk."""
        return self.store / ".reserve"

    def path(self, path: StorePath) -> Path:
        """Return the final place of `path`.

        Raises:
            StoreError: it is not the name of a store path.
        """
        if not is_store_path_name(path.base):
            raise StoreError("this is not the name of a store path", where=path.base)
        return self.store / path.base

    def record(self, base: str) -> Path:
        """Return the place of the record of the path named `base`."""
        return self.records / f"{base}.json"

    def current_database(self) -> DatabaseName | None:
        """Return the database that counts now, if there is one.

        A rebuilt database gets a new name, for SQLite removes the write-ahead
        log *by name* when the last user of a replaced file closes it.
        """
        try:
            names = names_in(self.databases)
        except FileNotFoundError:
            return None
        found = (database_name(name) for name in names if name.endswith(".sqlite"))
        return max((name for name in found if name), default=None)

    def names(self) -> list[str]:
        """Return the names of all store paths that exist, registered or not."""
        return list(filter(is_store_path_name, names_in(self.store)))

    def prepare(self, state: Path) -> None:
        """Make the folders, and note that `state` may have roots into the store.

        Raises:
            StoreError: a folder is somebody else's or open to others.
            OSError: something cannot be made.
        """
        make_private_directory(self.store)
        if not self.databases.exists():
            spread_folders(self.store)
        for folder in (
            self.records,
            self.databases,
            self.leases,
            self.states,
        ):
            make_private_directory(folder)
        for file in (self.path_locks, self.collector_lock):
            file.touch(0o600)
        self._note_state(state)
        # Without it, too, there is much to be read and removed.
        with suppress(OSError):
            self.keep_reserve()

    def _note_state(self, state: Path) -> None:
        content = os.fsencode(state)
        note = self.states / hashes.sha256(content).hexdigest()[:32]
        try:
            # Its time tells when the state folder was last there.
            os.utime(note)
        except FileNotFoundError:
            write_whole(note, content, mode=0o600)

    def keep_reserve(self) -> None:
        """Take the space to give up when the disk is full, if there is any.

        Raises:
            OSError: there is not even room for the file's name.
        """
        # One that was given up, or never had room, is tried again.
        with suppress(FileNotFoundError):
            if self.reserve.stat().st_size >= RESERVE_BYTES:
                return
        descriptor = os.open(self.reserve, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, RESERVE_BYTES)
        except OSError:
            # A small disk, or a file system that cannot: do without.
            os.ftruncate(descriptor, 0)
        finally:
            os.close(descriptor)


def database_name(file_name: str) -> DatabaseName | None:
    """Return which database a file is, or belongs to; None for any other file."""
    match = _DATABASE.fullmatch(file_name)
    return DatabaseName(int(match[1]), int(match[2])) if match else None


def is_store_path_name(name: str) -> bool:
    """Return whether `name` has the form `<digest>-<name>-<version>`."""
    return _BASE.fullmatch(name) is not None


def scratch_name(token: str) -> str:
    """Return a fresh name for a path in the making by the session `token`."""
    return random_name(f"{SCRATCH_PREFIX}{token}-")


def trash_name() -> str:
    """Return a fresh name for something that is to be removed."""
    return random_name(TRASH_PREFIX)
