"""Where one user's daemon is found, that there is one, and what else it is told by."""

import signal
import socket
from pathlib import Path

from devenv import __file__ as package_file
from devenv.host.exclusive import try_lock
from devenv.host.files import make_private_directory
from devenv.host.own_socket import SOCKET, runtime_directory
from devenv.operations.doors import Surroundings
from devenv.values import dataclass

LOCK = "daemon.lock"
_PACKAGE = Path(package_file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a user's daemon is found."""

    directory: Path

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.directory / SOCKET

    @property
    def lock(self) -> Path:
        """What it holds while it runs."""
        return self.directory / LOCK


def place_of(doors: Surroundings) -> Place:
    """Return where the daemon of these surroundings is, or would be."""
    return Place(directory=runtime_directory(doors.env, doors.directories.state))


def take_place(place: Place) -> int | None:
    """Return the lock of the one daemon; None if there is one already.

    Raises:
        StoreError: the folder is open to others.
        OSError: it cannot be made.
    """
    make_private_directory(place.directory)
    return try_lock(place.lock)


def signal_socket() -> tuple[socket.socket, socket.socket]:
    """Have signals written to a socket, by their numbers; return both ends."""
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.settimeout(0)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: None)
    signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    # Both must live as long as the daemon: `theirs` is where the kernel writes.
    _ENDS.append(theirs)
    return theirs, ours


_ENDS: list[socket.socket] = []


def code_mark() -> tuple[int, int]:
    """Return what tells whether devenv itself has been replaced."""
    try:
        found = _PACKAGE.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino
