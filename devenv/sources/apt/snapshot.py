"""A pocket at one moment: what was verified, and where its files are."""

from datetime import datetime, timedelta

from devenv.model.apt import Pocket, Release
from devenv.sources.apt.index_file import IndexFile
from devenv.sources.apt.mirrors import Mirrors
from devenv.values import dataclass

SNAPSHOT_DELAY = timedelta(hours=12)
"""How long after a Release's Date a snapshot surely holds what it lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PocketSnapshot:
    """A pocket at one moment, verified.

    `release_sha256` is that of the InRelease file, `mirror` the base address
    that served it, `checked_at` when that was last compared with the archive.
    """

    pocket: Pocket
    release: Release
    release_sha256: str
    mirror: str
    packages_files: tuple[IndexFile, ...]
    checked_at: datetime


def bases_for(snapshot: PocketSnapshot, mirrors: Mirrors) -> tuple[str, ...]:
    """Return where files of a snapshot may be, best first.

    The mirror that served its Release, the others, and the archive as it was
    half a day later: a snapshot is taken after a Release was made.
    """
    archive = snapshot.pocket.archive
    date = snapshot.release.date
    return tuple(
        dict.fromkeys(
            (
                snapshot.mirror,
                *mirrors.bases(archive),
                *past_bases(mirrors, archive, date),
            )
        )
    )


def past_bases(mirrors: Mirrors, archive: str, moment: datetime) -> tuple[str, ...]:
    """Return where an archive is kept as it was when a Release of `moment` was new."""
    return (
        *mirrors.past(archive, moment + SNAPSHOT_DELAY),
        *mirrors.past(archive, moment),
    )
