"""The cache of downloads: a file's name is the hash of its content.

Files come into it by renaming a whole, checked one, so any number of processes
may share it; what is found in it is hashed again before it is used, since a
power cut or another program may have changed it.
"""

import os
import stat
from pathlib import Path

from devenv.typed import BinaryIO

_CHUNK_BYTES = 1 << 20


def downloads_folder(cache_directory: Path) -> Path:
    """Return the folder that holds them all."""
    return cache_directory / "downloads"


def download_path(cache_directory: Path, sha256: str) -> Path:
    """Return where the file with this hash (lowercase hex) belongs."""
    return downloads_folder(cache_directory) / sha256[:2] / sha256


def is_whole(path: Path, *, sha256: str, size: int | None) -> bool:
    """Tell whether `path` is a regular file of this hash and, if known, size."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return False
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return False
        if size is not None and found.st_size != size:
            return False
        return content_hash(file) == sha256


def sha256_of(path: Path) -> str:
    """Return the SHA-256 (hex) of a file's content.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return content_hash(file)


def content_hash(file: BinaryIO) -> str:
    """Return the SHA-256 (hex) of what follows in an open file.

    Raises:
        OSError: it cannot be read.
    """
    import hashlib  # noqa: PLC0415 - OpenSSL, 3 ms

    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()
