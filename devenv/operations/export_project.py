"""`devenv store export` and `import`: a project's archives in one file.

What travels is the lock and the archives it names: trees and programs are made where
they are used, because the folder of the store is written into them.
"""

import hashlib
from pathlib import Path
from typing import BinaryIO

from devenv.errors import LockError, StoreError
from devenv.formats.export_names import HEAD_NAME, archive_name, render_head
from devenv.formats.lock_toml import LOCK_NAME, render_lock
from devenv.formats.tar_write import END, entry_header, entry_padding
from devenv.host.downloads import download_path, is_whole
from devenv.host.http import Download
from devenv.model.lock import Lock, LockedPackage, LockedSystem
from devenv.operations.doors import Doors
from devenv.operations.locked_downloads import locked_downloads
from devenv.operations.own_rules import resolution_rules
from devenv.operations.project_environment import ProjectEnvironment
from devenv.operations.read_export import Export, opened_export
from devenv.operations.realise_libraries import realise_libraries
from devenv.operations.realise_lock import PlanDownloads, Supplies, realise_locked
from devenv.operations.take_exported import take_exported
from devenv.values import dataclass

_PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred:
    """What was exported, or imported: archives, and their bytes."""

    archive_count: int
    archive_bytes: int


def export_project(
    doors: Doors, made: ProjectEnvironment, stream: BinaryIO
) -> Transferred:
    """Write a project's lock and archives, for this system, to a stream.

    The same lock gives the same bytes. Archives that are no longer in the cache are
    fetched again.

    Raises:
        FetchError: one is no longer to be had.
        OSError: the stream takes no more.
    """
    rows = used_rows(made, doors.system.name)
    downloads = locked_downloads(doors, made.lock, made.project.spec.inputs)(rows)
    take_exported(doors, downloads)
    paths = doors.fetcher.fetch_all(downloads, doors.display)
    head = render_head(system=doors.system.name, archive_count=len(rows))
    _write_small(stream, HEAD_NAME, head)
    _write_small(stream, LOCK_NAME, render_lock(made.lock).encode())
    for row, path in zip(rows, paths, strict=True):
        _write_file(stream, row, path)
    stream.write(END)
    return Transferred(
        archive_count=len(rows), archive_bytes=sum(row.size for row in rows)
    )


def import_project(doors: Doors, path: Path) -> Transferred:
    """Take in an exported project, and make its trees here; they are kept for a time.

    Every archive is compared with the lock in the file before anything is made. What
    is used by a project is what its own lock names, by hash.

    Raises:
        FormatError, UnsafeArchiveError: it is no export, or damaged.
        HashMismatchError: an archive is not the one of the lock.
        LockError: the lock in it is wrong, or not for this system.
        StoreError ...: it cannot be made.
    """
    with opened_export(path) as export:
        locked = export.lock.systems.get(doors.system.name)
        if locked is None or export.system != doors.system.name:
            raise LockError(
                f"this was exported for {export.system}, and this is"
                f" {doors.system.name}",
                where=str(path),
            )
        rows = _take_all(doors, export)
    _realise(doors, export.lock, locked)
    return Transferred(
        archive_count=len(rows), archive_bytes=sum(row.size for row in rows)
    )


def used_rows(made: ProjectEnvironment, system: str) -> list[LockedPackage]:
    """Return what the environment is made of, sorted by hash, each once.

    Of the base set that is what evidence asked for, which will be the same there; of
    libraries everything: which ones are used depends on the machine.
    """
    rows = [row for tree in made.realised.trees for row in tree.packages.values()]
    libraries = made.lock.systems[system].libraries
    if libraries is not None:
        rows += libraries.packages
    by_hash = {row.sha256: row for row in rows}
    return [by_hash[sha256] for sha256 in sorted(by_hash)]


def _write_small(stream: BinaryIO, name: str, content: bytes) -> None:
    stream.write(entry_header(name, len(content)))
    stream.write(content)
    stream.write(entry_padding(len(content)))


def _write_file(stream: BinaryIO, row: LockedPackage, path: Path) -> None:
    stream.write(entry_header(archive_name(row.sha256), row.size))
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            stream.write(piece)
    stream.write(entry_padding(row.size))


def _take_all(doors: Doors, export: Export) -> list[LockedPackage]:
    rows = []
    try:
        for row in export.archives():
            export.copy(row, download_path(doors.directories.cache, row.sha256))
            rows.append(row)
    except OSError as error:
        raise StoreError(
            f"the archives cannot be taken in: {error.strerror}",
            where=str(error.filename or doors.directories.cache),
        ) from error
    return rows


def _realise(doors: Doors, lock: Lock, locked: LockedSystem) -> None:
    supplies = Supplies(
        base_set=resolution_rules().base, downloads=_in_cache(doors), rules=lock.rules
    )
    with doors.store.session() as session:
        realised = realise_locked(doors, session, locked, supplies)
        kept = [tree.plan.path for tree in realised.trees]
        if locked.libraries is not None:
            libraries = realise_libraries(
                doors, session, locked.libraries, supplies.downloads
            )
            kept += [libraries] if libraries else []
        names = ",".join(path.base for path in kept)
        digest = hashlib.sha256(names.encode()).hexdigest()[:32]
        doors.store.add_root(f"import-{digest}", kept, label="an imported project")


def _in_cache(doors: Doors) -> PlanDownloads:
    """Return what says that archives are in the cache, and nowhere else."""

    def download(row: LockedPackage) -> Download:
        target = download_path(doors.directories.cache, row.sha256)
        if not is_whole(target, sha256=row.sha256, size=row.size):
            raise LockError(
                f"the archive of {row.name} {row.version} is not in the export",
                hint="another devenv made it: export it again with this version",
            )
        return Download(
            urls=(),
            target=target,
            sha256=row.sha256,
            size=row.size,
            max_size=row.size,
            label=f"{row.name} {row.version}",
        )

    return lambda rows: [download(row) for row in rows]
