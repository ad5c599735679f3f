"""A folder of archives as it is written to, by anybody who may, at any time."""

import errno
import hashlib
import os
import stat
import time
from contextlib import suppress
from pathlib import Path

from devenv.errors import HashMismatchError, StoreError, UsageError
from devenv.formats.cache_places import is_hash, name_in_cache
from devenv.host.caches import open_kept
from devenv.host.downloads import content_hash
from devenv.host.files import names_in, staged_file
from devenv.patterns import late_pattern

_PIECE_BYTES = 1 << 20
_KEPT_FOLDER = late_pattern(r"[0-9a-f]{2}")
_STAGED = late_pattern(r"\.[0-9a-f]{64}-[0-9a-f]{32}")
_STAGED_SECONDS = 86_400
"""What is older was left by somebody who was killed."""


def prepare_cache_folder(folder: Path) -> None:
    """Make sure that a folder is there, and is for archives.

    Its parent must be there: a network drive that is not mounted is not filled.

    Raises:
        UsageError: it holds other things, or is no folder.
        StoreError: it cannot be made or read.
    """
    try:
        with suppress(FileExistsError):
            folder.mkdir()
        names = [name for name in names_in(folder) if not _may_be_anywhere(name)]
    except NotADirectoryError as error:
        raise UsageError("this is no folder", where=str(folder)) from error
    except OSError as error:
        raise unwritable(folder, error) from error
    if names and not any(map(_KEPT_FOLDER.fullmatch, names)):
        raise UsageError(
            "this folder holds other things than archives",
            where=str(folder),
            hint="name a new folder: it is made if it is not there",
        )


def is_kept(folder: Path, sha256: str, size: int, *, is_read: bool) -> bool:
    """Tell whether a cache folder has an archive: by its size, or by all its bytes."""
    try:
        file = open_kept(folder, sha256)
        if file is None:
            return False
        with file:
            if os.fstat(file.fileno()).st_size != size:
                return False
            return not is_read or content_hash(file) == sha256
    except OSError:
        return False


def keep(folder: Path, source: Path, sha256: str) -> None:
    """Copy an archive into a cache folder: whole, on the disk, or not at all.

    Two that do so at a time do not meet: each writes beside, and gives it the name.

    Raises:
        HashMismatchError: it is not what its hash says; nothing was changed.
        StoreError: the folder takes no more.
    """
    target = folder / name_in_cache(sha256)
    digest = hashlib.sha256()
    try:
        _make_like(target.parent, folder)
        with source.open("rb") as file, staged_file(target) as kept:
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
                kept.write(piece)
            if digest.hexdigest() != sha256:
                raise HashMismatchError(
                    "an archive here has changed while it was copied",
                    where=str(source),
                    hint="run the command again",
                )
    except OSError as error:
        raise unwritable(folder, error) from error


def measure_cache(folder: Path) -> tuple[int, int]:
    """Return how many archives a folder has by their names, and their bytes.

    Raises:
        OSError: it cannot be read.
    """
    sizes = [
        entry.stat(follow_symlinks=False).st_size
        for parent in [folder, *(folder / name for name in _kept_folders(folder))]
        for entry in os.scandir(parent)
        if is_hash(entry.name) and entry.is_file(follow_symlinks=False)
    ]
    return len(sizes), sum(sizes)


def _kept_folders(folder: Path) -> list[str]:
    return [name for name in names_in(folder) if _KEPT_FOLDER.fullmatch(name)]


def unwritable(folder: Path, error: OSError) -> StoreError:
    """Return why a cache folder cannot be written to."""
    return StoreError(
        f"the cache cannot be written to: {error.strerror}",
        where=str(error.filename or folder),
        hint="see whether it is mounted, whose it is, and whether it is full",
    )


def _make_like(directory: Path, folder: Path) -> None:
    """Make a folder that is as open to others as the cache itself is.

    A team's cache is writable for its group; whoever comes second must be able to
    write where the first one did.
    """
    try:
        directory.mkdir()
    except FileExistsError:
        found = directory.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise OSError(
                errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(directory)
            ) from None
        _sweep(directory)
        return
    with suppress(PermissionError):
        directory.chmod(stat.S_IMODE(folder.stat().st_mode))


def _sweep(directory: Path) -> None:
    """Remove what was left half copied a day ago or earlier."""
    for name in names_in(directory):
        if _STAGED.fullmatch(name):
            with suppress(OSError):
                path = directory / name
                if time.time() - path.lstat().st_mtime > _STAGED_SECONDS:
                    path.unlink()


def _may_be_anywhere(name: str) -> bool:
    return name.startswith(".") or name == "lost+found"
