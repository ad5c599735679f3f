"""An exported project as it is read: strictly, each archive against the lock.

The lock in it says which archives there may be, of which size and hash. What it is
good for is decided by who takes it: an archive is of use only where a lock or an
index that is trusted names its hash.
"""

import hashlib
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path

from devenv.errors import FormatError, HashMismatchError
from devenv.formats.export_names import (
    HEAD_NAME,
    MAX_HEAD_BYTES,
    archive_hash,
    parse_head,
)
from devenv.formats.lock_toml import LOCK_NAME, parse_lock
from devenv.formats.tar import TarEntry, TarKind, TarReader
from devenv.host.files import staged_file
from devenv.model.lock import Lock, LockedPackage
from devenv.operations.lock_files import MAX_LOCK_BYTES

_PIECE_BYTES = 1 << 20


class Export:
    """An exported project; `lock` and `system` are what it was made from.

    Its archives are read in order, once.

    Raises (also while iterating):
        FormatError, UnsafeArchiveError: it is no export, or damaged.
        LockError: its lock is wrong.
    """

    def __init__(self, stream: BufferedIOBase, *, name: str) -> None:
        self._reader = TarReader(stream)
        self._entries = iter(self._reader)
        self.system, self._archive_count = parse_head(
            self._small(HEAD_NAME, MAX_HEAD_BYTES)
        )
        text = self._small(LOCK_NAME, MAX_LOCK_BYTES)
        try:
            self.lock: Lock = parse_lock(text.decode(), file=f"{name}, {LOCK_NAME}")
        except UnicodeDecodeError as error:
            raise FormatError("the lock in it is not UTF-8", where=name) from error

    def archives(self) -> Iterator[LockedPackage]:
        """Yield the package of each archive; `copy` takes the current one."""
        rows = _rows(self.lock)
        count = 0
        for entry in self._entries:
            sha256 = archive_hash(entry.name.decode("ascii", "replace"))
            row = rows.pop(sha256 or "", None)
            if row is None or entry.kind is not TarKind.FILE or entry.size != row.size:
                raise _unexpected(entry)
            count += 1
            yield row
        if count != self._archive_count:
            raise FormatError(
                f"the export has {count} archives, and says {self._archive_count}"
            )

    def copy(self, row: LockedPackage, target: Path) -> None:
        """Make the current archive `target`, if it is the one of the lock.

        Raises:
            HashMismatchError: it is not; there is no `target` then.
            OSError: it cannot be written.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with staged_file(target, is_durable=False) as file:
            while piece := self._reader.read(_PIECE_BYTES):
                digest.update(piece)
                file.write(piece)
            if digest.hexdigest() != row.sha256:
                raise HashMismatchError(
                    f"the archive of {row.name} {row.version} in the export is"
                    " not the one of its lock",
                    hint="the file is damaged: copy it again",
                )

    def _small(self, name: str, limit: int) -> bytes:
        entry = next(self._entries, None)
        if entry is None or entry.name != name.encode() or entry.size > limit:
            raise FormatError("this is no project that devenv exported")
        return self._reader.read(entry.size)


@contextmanager
def opened_export(path: Path) -> Generator[Export]:
    """Yield the exported project in a file.

    Raises:
        FormatError, UnsafeArchiveError, LockError: it is none, or damaged.
        FormatError: it cannot be read.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise FormatError(
            f"the file cannot be read: {error.strerror}", where=str(path)
        ) from error
    with file:
        try:
            yield Export(file, name=str(path))
        except FormatError as error:
            raise type(error)(
                error.what, where=error.where or str(path), hint=error.hint
            ) from error


def _rows(lock: Lock) -> dict[str, LockedPackage]:
    found: dict[str, LockedPackage] = {}
    for locked in lock.systems.values():
        libraries: Mapping[str, LockedPackage] = {}
        if locked.libraries is not None:
            libraries = {row.sha256: row for row in locked.libraries.packages}
        found |= {**libraries, **{row.sha256: row for row in locked.packages}}
    return found


def _unexpected(entry: TarEntry) -> FormatError:
    return FormatError(f"an export has no such file: {ascii(entry.name)[2:-1]}")
