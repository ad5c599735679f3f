"""The kernel's news of folders: inotify(7), one descriptor for any number of them.

Not watchdog's, measured with 7.1: for 10 folders it takes 5.5 MiB of the 20 that the
daemon may have, for 210 of them 9.6, and a thread for each folder; a rename is heard of
after 1.0 ms, not 0.2; and it asks the kernel for every opening and write of every file
in a folder, so that 200 lines of a log beside a spec wake us 868 times, not 3. Here a
folder may be watched for itself alone, or for what is saved in it as a whole.
"""

import ctypes
import errno
import os
import struct
from enum import IntFlag

from devenv.errors import DevenvError
from devenv.values import dataclass

_READ_BYTES = 1 << 12
"""More is read in several turns: what is not filled has to be there all the same."""
_HEAD = struct.Struct("@iIII")
_FLAGS = os.O_NONBLOCK | os.O_CLOEXEC


class Happening(IntFlag):
    """What happened in a folder, or to it."""

    ATTRIBUTES = 0x4
    WRITTEN = 0x8
    MOVED_FROM = 0x40
    MOVED_TO = 0x80
    CREATED = 0x100
    DELETED = 0x200
    SELF_DELETED = 0x400
    SELF_MOVED = 0x800
    UNMOUNTED = 0x2000
    OVERFLOW = 0x4000
    IGNORED = 0x8000


SELF = (
    Happening.SELF_DELETED
    | Happening.SELF_MOVED
    | Happening.UNMOUNTED
    | Happening.IGNORED
)
"""The folder is no longer what its path leads to."""

IN_FOLDER = (
    Happening.ATTRIBUTES
    | Happening.WRITTEN
    | Happening.MOVED_FROM
    | Happening.MOVED_TO
    | Happening.CREATED
    | Happening.DELETED
)
"""Not every write: a file that is still open may be half of what it will be."""

_ONLY_FOLDERS = 0x01000000


@dataclass(frozen=True, slots=True)
class News:
    """What happened to `name` in a watched folder; an empty name is the folder.

    `happening` has bits of `Happening`, as a plain number: every other thing that is
    done with an enumeration's takes a microsecond.
    """

    watch: int
    happening: int
    name: str


class WatchLimitError(DevenvError):
    """The kernel allows no further watch, or no further watcher."""

    code = "watch-limit"


class Inotify:
    """A descriptor to wait on, and the folders whose news it brings.

    Raises:
        WatchLimitError: the user has too many watchers already.
    """

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.descriptor = self._libc.inotify_init1(_FLAGS)
        if self.descriptor < 0:
            raise WatchLimitError(
                f"files cannot be watched: {os.strerror(ctypes.get_errno())}",
                where="/proc/sys/fs/inotify/max_user_instances",
                hint="end other watchers, or have the limit raised; until then"
                " projects are looked at when you come to a prompt",
            )

    def add(self, folder: str, *, is_for_names: bool) -> int:
        """Watch a folder, for what becomes of names in it or of itself alone.

        Raises:
            WatchLimitError: the user has no watch left.
            OSError: there is no such folder, or it cannot be read.
        """
        mask = SELF & ~(Happening.UNMOUNTED | Happening.IGNORED)
        mask |= IN_FOLDER if is_for_names else 0
        watch: int = self._libc.inotify_add_watch(
            self.descriptor, os.fsencode(folder), mask | _ONLY_FOLDERS
        )
        if watch >= 0:
            return watch
        number = ctypes.get_errno()
        if number == errno.ENOSPC:
            raise WatchLimitError(
                "the kernel watches no further folder for this user",
                where="/proc/sys/fs/inotify/max_user_watches",
                hint="have the limit raised; until then these projects are looked at"
                " when you come to a prompt",
            )
        raise OSError(number, os.strerror(number), folder)

    def remove(self, watch: int) -> None:
        """Watch a folder no longer; one that is gone is no error."""
        self._libc.inotify_rm_watch(self.descriptor, watch)

    def read(self) -> list[News]:
        """Return all the news there is; never waits."""
        found: list[News] = []
        while True:
            try:
                content = os.read(self.descriptor, _READ_BYTES)
            except BlockingIOError:
                return found
            found += _parsed(content)
            if len(content) < _READ_BYTES // 2:
                return found

    def close(self) -> None:
        """Watch nothing any more."""
        os.close(self.descriptor)


def _parsed(content: bytes) -> list[News]:
    found = []
    place = 0
    while place < len(content):
        watch, mask, _, length = _HEAD.unpack_from(content, place)
        place += _HEAD.size
        name = content[place : place + length].partition(b"\0")[0]
        place += length
        found.append(News(watch, mask & 0xFFFF, os.fsdecode(name)))
    return found
