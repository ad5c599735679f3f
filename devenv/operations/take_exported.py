"""Archives that lie in exported projects, taken from there instead of from a mirror.

The places are those of caches; folders and servers are the fetcher's. Nothing of an
export is believed: what is copied into the user's own downloads has the hash that a
lock or an index names, or is not there.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from devenv.errors import DevenvError
from devenv.host.http import Download, is_there
from devenv.operations.doors import Doors
from devenv.operations.read_export import opened_export


def take_exported(doors: Doors, downloads: Sequence[Download]) -> None:
    """Copy what is missing of these archives from exported projects.

    What is not there, or not what it should be, is left to be fetched; the latter is
    said.
    """
    exports = [
        place
        for place in map(Path, doors.fetcher.caches.without_socket.places)
        if place.is_file()
    ]
    if not exports:
        return
    missing = {
        download.sha256: download
        for download in downloads
        if download.sha256 is not None and not is_there(download)
    }
    for place in exports:
        if not missing:
            return
        try:
            taken = list(_taken(place, missing))
        except (OSError, DevenvError) as error:
            what = error.what if isinstance(error, DevenvError) else error.strerror
            doors.display.warn(f"{place} is of no use: {what}")
            continue
        for sha256 in taken:
            del missing[sha256]


def _taken(file: Path, missing: Mapping[str, Download]) -> Iterable[str]:
    with opened_export(file) as export:
        for row in export.archives():
            download = missing.get(row.sha256)
            if download is not None:
                export.copy(row, download.target)
                yield row.sha256
