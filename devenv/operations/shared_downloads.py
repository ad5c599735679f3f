"""Archives that other users keep: taken from there instead of from a mirror.

A shared folder is laid out as the cache's own (`ab/abcd...`), or flat; an exported
project counts as well. Nothing of it is believed: what is copied into the user's own
cache has the hash that a lock or an index names, or is not there.
"""

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from devenv.errors import DevenvError, HashMismatchError
from devenv.host.files import staged_file
from devenv.host.http import Download, is_there
from devenv.operations.doors import Doors
from devenv.operations.read_export import opened_export

_PIECE_BYTES = 1 << 20


def take_shared(doors: Doors, downloads: Sequence[Download]) -> None:
    """Copy what is missing of these archives from where others keep them.

    What is not there, or not what it should be, is left to be fetched; the latter is
    said.
    """
    if not doors.configuration.shared_downloads:
        return
    missing = {
        download.sha256: download
        for download in downloads
        if download.sha256 is not None and not is_there(download)
    }
    for place in map(Path, doors.configuration.shared_downloads):
        if not missing:
            return
        try:
            taken = _take(doors, place, missing)
        except (OSError, DevenvError) as error:
            what = error.what if isinstance(error, DevenvError) else error.strerror
            doors.display.warn(f"{place} is of no use: {what}")
            continue
        for sha256 in taken:
            del missing[sha256]


def _take(doors: Doors, place: Path, missing: Mapping[str, Download]) -> list[str]:
    if stat.S_ISDIR(place.stat().st_mode):
        return list(_from_folder(doors, place, missing))
    return list(_from_export(place, missing))


def _from_folder(
    doors: Doors, folder: Path, missing: Mapping[str, Download]
) -> Iterable[str]:
    for sha256, download in missing.items():
        for source in (folder / sha256[:2] / sha256, folder / sha256):
            try:
                _copy(source, download)
            except FileNotFoundError:
                continue
            except HashMismatchError as error:
                doors.display.warn(f"{error.what} ({error.where})")
            else:
                yield sha256
                break


def _from_export(file: Path, missing: Mapping[str, Download]) -> Iterable[str]:
    with opened_export(file) as export:
        for row in export.archives():
            download = missing.get(row.sha256)
            if download is not None:
                export.copy(row, download.target)
                yield row.sha256


def _copy(source: Path, download: Download) -> None:
    """Copy a file that has the hash of a download to where it belongs.

    Raises:
        FileNotFoundError: there is no such file.
        HashMismatchError: it is another file.
        OSError: it cannot be read or written.
    """
    digest = hashlib.sha256()
    # A FIFO would hang us.
    descriptor = os.open(source, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size != download.size:
            raise _another(source)
        download.target.parent.mkdir(parents=True, exist_ok=True)
        with staged_file(download.target, is_durable=False) as target:
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
                target.write(piece)
            if digest.hexdigest() != download.sha256:
                raise _another(source)


def _another(source: Path) -> HashMismatchError:
    return HashMismatchError(
        "a shared archive is not what its name says, and is not used",
        where=str(source),
    )
