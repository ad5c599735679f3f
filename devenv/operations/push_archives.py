"""`devenv cache push`: archives for others, by their hashes, in a folder.

What is copied is what a lock names: the same bytes on every machine. Trees and patched
programs are made where they are used, and are of no use elsewhere.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from devenv.host.cache_folder import is_kept, keep
from devenv.model.lock import LockedPackage
from devenv.operations.doors import Doors
from devenv.operations.environments import MadeEnvironment
from devenv.operations.export_project import used_rows
from devenv.operations.locked_downloads import locked_downloads
from devenv.operations.project_environment import ProjectEnvironment
from devenv.operations.realise_lock import PlanDownloads
from devenv.operations.take_exported import take_exported
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheFolder:
    """A folder to push to, which `prepare_cache_folder` has looked at.

    With `is_read` what is there is read, and what is damaged replaced; otherwise its
    size is believed.
    """

    folder: Path
    is_read: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """How many archives a cache was to have, and what it did not have yet."""

    archive_count: int
    copied_count: int
    copied_bytes: int


def push_project(
    doors: Doors, made: ProjectEnvironment, target: CacheFolder, *, all_systems: bool
) -> Pushed:
    """Copy the archives of a project's environment into a cache.

    With `all_systems` those of the other systems in its lock, too: all that is locked
    for them, because what scripts there need only shows when they are unpacked.

    Raises:
        FetchError: an archive is no longer to be had.
        HashMismatchError, StoreError: it cannot be copied.
    """
    rows = used_rows(made, doors.system.name)
    if all_systems:
        for name, locked in made.lock.systems.items():
            if name != doors.system.name:
                rows += locked.packages
                if locked.libraries is not None:
                    rows += locked.libraries.packages
    downloads = locked_downloads(doors, made.lock, made.project.spec.inputs)
    return _push(doors, rows, downloads, target)


def push_packages(doors: Doors, made: MadeEnvironment, target: CacheFolder) -> Pushed:
    """Copy the archives of an ad-hoc environment into a cache; see `push_project`."""
    rows = [row for tree in made.realised.trees for row in tree.packages.values()]
    return _push(doors, rows, made.downloads, target)


def _push(
    doors: Doors,
    rows: Iterable[LockedPackage],
    plan_downloads: PlanDownloads,
    target: CacheFolder,
) -> Pushed:
    wanted = {row.sha256: row for row in rows}
    missing = [
        wanted[sha256]
        for sha256 in sorted(wanted)
        if not is_kept(
            target.folder, sha256, wanted[sha256].size, is_read=target.is_read
        )
    ]
    paths = _at_hand(doors, missing, plan_downloads)
    for row, path in zip(missing, paths, strict=True):
        keep(target.folder, path, row.sha256)
    return Pushed(
        archive_count=len(wanted),
        copied_count=len(missing),
        copied_bytes=sum(row.size for row in missing),
    )


def _at_hand(
    doors: Doors, rows: Sequence[LockedPackage], plan_downloads: PlanDownloads
) -> Sequence[Path]:
    """Return where archives are, after fetching those that are no longer here."""
    if not rows:
        return ()
    downloads = plan_downloads(rows)
    take_exported(doors, downloads)
    return doors.fetcher.fetch_all(downloads, doors.display)
