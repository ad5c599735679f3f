"""An input's pockets, brought up to date and verified down to their indexes.

The chain: a key that devenv ships (or the user named) signs InRelease, which
vouches for Packages, which vouches for each archive. Nothing on the way is
believed because of where it came from.
"""

from datetime import timedelta
from pathlib import Path

from devenv.host.clock import Clock
from devenv.host.dirs import Directories
from devenv.host.http import Fetcher
from devenv.host.progress import Progress
from devenv.model.apt import AptInput
from devenv.model.systems import System
from devenv.sources.apt.archive_paths import contents_names
from devenv.sources.apt.index_file import IndexFile
from devenv.sources.apt.mirrors import Mirrors
from devenv.sources.apt.packages_files import IndexSource, fetch_indexes, is_listed
from devenv.sources.apt.pocket_refresh import IsIndexed, PocketRefresh, Talk, never
from devenv.sources.apt.refusals import age_words
from devenv.sources.apt.release_records import ReleaseRecords
from devenv.sources.apt.snapshot import PocketSnapshot, bases_for

__all__ = ["PocketSnapshot", "Talk", "fetch_contents", "refresh"]


def refresh(  # noqa: PLR0913 - the doors, each by its name
    apt_input: AptInput,
    system: System,
    *,
    fetcher: Fetcher,
    clock: Clock,
    mirrors: Mirrors,
    directories: Directories,
    progress: Talk,
    max_age: timedelta = timedelta(hours=24),
    force: bool = False,
    offline: bool = False,
    allow_rollback: bool = False,
    is_indexed: IsIndexed = never,
) -> tuple[PocketSnapshot, ...]:
    """Return an input's pockets, verified, each with its package indexes on disk.

    What was compared with the archive less than `max_age` ago is used as it is,
    unless `force`. If the archive cannot be asked, the last good one is used
    with a warning, as long as it is not too old; `offline` asks nobody, and
    uses it whatever its age. An optional pocket that is not there is left out.
    `allow_rollback` accepts a Release that is older than one seen before. Where
    `is_indexed` says so (see `PocketRefresh`), there are no package indexes.

    Raises:
        SignatureError: what the servers have is not signed as it must be, is of
            another suite, too old, or older than what was seen before.
        OfflineError: `offline`, and there is no last good one.
        FetchError: no server answers, or none has matching files.
    """
    pockets = PocketRefresh(
        system=system,
        fetcher=fetcher,
        clock=clock,
        mirrors=mirrors,
        records=ReleaseRecords(
            cache_directory=directories.cache, state_directory=directories.state
        ),
        cache_directory=directories.cache,
        progress=progress,
        allow_rollback=allow_rollback,
        is_indexed=is_indexed,
    )
    is_offline = offline or fetcher.is_offline
    found = []
    for pocket in apt_input.pockets:
        if is_offline:
            snapshot = pockets.offline(pocket)
        elif force:
            snapshot = pockets.online(pocket)
        else:
            snapshot = pockets.recent(pocket, max_age=max_age)
        if snapshot is not None:
            found.append(snapshot)
    if is_offline and found:
        oldest = min(snapshot.checked_at for snapshot in found)
        age = age_words(clock.now() - oldest)
        progress.warn(f"offline: using the package lists of {age} ago")
    return tuple(found)


def fetch_contents(
    snapshot: PocketSnapshot,
    system: System,
    *,
    fetcher: Fetcher,
    mirrors: Mirrors,
    cache_directory: Path,
    progress: Progress,
) -> tuple[IndexFile, ...]:
    """Return the indexes of all files in a pocket's packages, if it has any.

    Those for all architectures are several times larger than the others, but
    scripts are nowhere else.

    Raises:
        FetchError: one could not be had, or is not what the Release says.
    """
    names = contents_names(
        snapshot.pocket, architectures=(system.debian_architecture, "all")
    )
    return fetch_indexes(
        IndexSource(
            pocket=snapshot.pocket,
            release=snapshot.release,
            bases=bases_for(snapshot, mirrors),
        ),
        [name for name in names if is_listed(snapshot.release, name)],
        fetcher=fetcher,
        cache_directory=cache_directory,
        progress=progress,
    )
