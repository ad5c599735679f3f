"""A socket that only one user's programs may talk over, and where it lies."""

import os
import socket
import stat
import struct
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

SOCKET = "daemon.socket"
"""Its name, in the folder of `runtime_directory`."""

_BACKLOG = 64
_CREDENTIALS = struct.Struct("@iII")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def runtime_directory(env: Mapping[str, str], state: Path) -> Path:
    """Return devenv's folder for what lasts as long as a session; touch nothing.

    Where the session has no folder that is ours alone, it is one for state.
    """
    value = env.get("XDG_RUNTIME_DIR", "")
    if value.startswith("/"):
        with suppress(OSError):
            found = Path(value).stat()
            is_ours = found.st_uid == os.geteuid() and stat.S_ISDIR(found.st_mode)
            if is_ours and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                return Path(value) / "devenv"
    return state / "daemon"


def listen(path: Path) -> socket.socket:
    """Return a socket that waits for clients at `path`, in a folder of ours alone.

    Whatever was at the path is removed: call it while holding the lock that says
    that nobody listens there.

    Raises:
        OSError: there can be none.
    """
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        with _short(path) as address:
            listening.bind(address)
        path.chmod(0o600)
        listening.listen(_BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening


def connect(path: Path, *, timeout_seconds: float) -> socket.socket | None:
    """Return a connection to our own program at `path`; None if there is none.

    Its further calls take `timeout_seconds` at most, each.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # Blocking, with the kernel's own limit: with one of Python's the kernel
        # refuses at once where many wait to be let in (EAGAIN, unix(7)).
        whole, part = divmod(timeout_seconds, 1)
        limit = struct.pack("ll", int(whole), int(part * 1_000_000))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        with _short(path) as address:
            connection.connect(address)
        connection.settimeout(timeout_seconds)
        if peer_user(connection) == os.geteuid():
            return connection
    except OSError:
        pass
    connection.close()
    return None


def peer_user(connection: socket.socket) -> int:
    """Return the number of the user at the other end, as the kernel knows it."""
    size = _CREDENTIALS.size
    found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    _, user, _ = _CREDENTIALS.unpack(found)
    return int(user)


@contextmanager
def _short(path: Path) -> Generator[str]:
    """Yield a name for a socket that fits its 107 bytes, however long the path."""
    folder = os.open(path.parent, _FOLDER)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
