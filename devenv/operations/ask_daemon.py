"""Asking the daemon: it may not be there, be of another devenv, or not answer."""

import socket
from collections.abc import Generator, Mapping
from contextlib import suppress
from pathlib import Path

from devenv.errors import FormatError
from devenv.formats.daemon_messages import Request, parse_reply, render_request
from devenv.host.own_socket import SOCKET, connect, runtime_directory
from devenv.operations.doors import Surroundings

ANSWER_SECONDS = 2.0
"""A daemon that takes longer for what takes it no time has stopped."""

_PIECE_BYTES = 1 << 16

Reply = Mapping[str, object]


def ask(
    env: Mapping[str, str],
    state: Path,
    request: Request,
    *,
    timeout_seconds: float | None = ANSWER_SECONDS,
) -> Reply | None:
    """Return the daemon's reply; None if there is none, or it does not answer in time.

    Args:
        env: the variables that tell where it is.
        state: our folder for state: a daemon for another one is none of ours.
        request: what is asked.
        timeout_seconds: how long the answer may take; None for as long as it takes.

    Raises:
        FormatError: it refused, or speaks another version.
    """
    path = runtime_directory(env, state) / SOCKET
    connection = connect(path, timeout_seconds=ANSWER_SECONDS)
    if connection is None:
        return None
    with connection, suppress(OSError):
        lines = _lines(connection)
        connection.sendall(render_request(Request(do="ping")))
        about = next(lines, None)
        if about is None or about.get("state") != str(state):
            return None
        connection.settimeout(timeout_seconds)
        connection.sendall(render_request(request))
        return next(lines, None)
    return None


def follow(env: Mapping[str, str], state: Path) -> Generator[Reply]:
    """Yield how all projects stand, and then each change, until the daemon ends.

    Raises:
        FormatError: it refused, or speaks another version.
    """
    path = runtime_directory(env, state) / SOCKET
    connection = connect(path, timeout_seconds=ANSWER_SECONDS)
    if connection is None:
        return
    with connection, suppress(OSError):
        connection.sendall(render_request(Request(do="events")))
        lines = _lines(connection)
        for reply in lines:
            connection.settimeout(None)
            yield reply


def _lines(connection: socket.socket) -> Generator[Reply]:
    waiting = b""
    while piece := connection.recv(_PIECE_BYTES):
        *lines, waiting = (waiting + piece).split(b"\n")
        for line in lines:
            yield parse_reply(line)
    if waiting:
        raise FormatError("the daemon ended in the middle of a line")


def state_in_daemon(doors: Surroundings, project: str) -> str | None:
    """Return how the daemon has a project; None without one that watches it."""
    with suppress(FormatError):
        found = ask(doors.env, doors.directories.state, Request(do="status"))
        projects = found.get("projects") if found else None
        for view in projects if isinstance(projects, list) else ():
            if view["project"] == project:
                return str(view["state"])
    return None


def wait_in_daemon(
    doors: Surroundings, project: str, *, timeout_seconds: float | None
) -> None:
    """Wait until the daemon has nothing to do for a project that it watches."""
    if state_in_daemon(doors, project) is None:
        return
    request = Request(do="wait", project=project)
    with suppress(FormatError):
        state = doors.directories.state
        ask(doors.env, state, request, timeout_seconds=timeout_seconds)
