"""Caches of archives: what others keep by its SHA-256, asked before mirrors are.

Nothing of a cache is believed: an archive has the hash and the size that a lock or an
index names, or is not used. So a cache needs no signature; and who keeps it learns
nothing but hashes.
"""

import errno
import os
import stat
from pathlib import Path

from devenv.formats.cache_places import is_on_this_machine, name_in_cache
from devenv.typed import BinaryIO, Protocol
from devenv.values import dataclass, replace

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# Whoever else writes there may have put a link or a FIFO, which would hang us.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Talk(Protocol):
    """Who hears what came of asking caches."""

    def note(self, text: str) -> None: ...
    def detail(self, text: str) -> None: ...
    def warn(self, text: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Caches:
    """The caches of one run, in the order in which they are asked.

    `places` are absolute paths and addresses; a path may be that of an exported
    project, which is no folder and is not asked here. A server has `connect_seconds`
    to be there, and `answer_seconds` for each next piece of what it sends.
    """

    places: tuple[str, ...] = ()
    talk: Talk | None = None
    connect_seconds: float = 2.0
    answer_seconds: float = 3.0

    @property
    def without_socket(self) -> "Caches":
        """Those that may be asked offline."""
        return replace(self, places=tuple(filter(is_on_this_machine, self.places)))

    def have_in_a_folder(self, sha256: str) -> bool:
        """Tell whether a folder has something under a hash, right or wrong."""
        for place in self.without_socket.places:
            try:
                file = open_kept(Path(place), sha256)
            except OSError:
                continue
            if file is not None:
                file.close()
                return True
        return False


NO_CACHES = Caches()


def shown_place(place: str) -> str:
    """Return a cache as it may be shown: without a password."""
    if is_on_this_machine(place):
        return place
    from devenv.host.urls import shown  # noqa: PLC0415 - few have any

    return shown(place)


def open_kept(folder: Path, sha256: str) -> BinaryIO | None:
    """Open what a cache folder has under a hash, or None if it has nothing.

    The folder itself may be a link; below it none is followed, and only regular
    files are opened. An archive lies in `ab/abcd...`, or flat.

    Raises:
        NotADirectoryError: the cache is no folder.
        OSError: there is no such folder, or something else than a file, or it cannot
            be read.
    """
    root = os.open(folder, _FOLDER)
    try:
        for name in (name_in_cache(sha256), sha256):
            file = _opened(root, name)
            if file is not None:
                return file
    finally:
        os.close(root)
    return None


def _opened(root: int, name: str) -> BinaryIO | None:
    parent, _, base = name.rpartition("/")
    try:
        holder = os.open(parent or ".", _FOLDER | os.O_NOFOLLOW, dir_fd=root)
    except FileNotFoundError:
        return None
    except NotADirectoryError as error:
        raise OSError(errno.ELOOP, f"{parent} in it is no folder") from error
    try:
        descriptor = os.open(base, _FILE, dir_fd=holder)
    except FileNotFoundError:
        return None
    finally:
        os.close(holder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no regular file")
    return os.fdopen(descriptor, "rb")
