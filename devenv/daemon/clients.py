"""Those who talk to the daemon: lines in, lines out, and nothing they do disturbs it.

A client may be slow, silent, endless or wrong: what it sends is read a piece at a
time, and what it does not take is kept up to a limit, after which it is let go.
"""

import selectors
import socket
from collections.abc import Callable

from devenv.errors import DevenvError, FormatError
from devenv.formats.daemon_messages import (
    MAX_REQUEST_BYTES,
    Request,
    parse_request,
    render_refusal,
)
from devenv.host.own_socket import peer_user
from devenv.values import dataclass

MAX_CLIENTS = 64
MAX_WAITING_BYTES = 1 << 20
_PIECE_BYTES = 1 << 14


@dataclass(eq=False, slots=True)
class Client:
    """One connection; `waits_for` is a project, `follows` says that it wants events."""

    connection: socket.socket
    coming: bytes = b""
    going: bytes = b""
    waits_for: str = ""
    follows: bool = False


class Clients:
    """All connections of one socket.

    Args:
        listening: where they come from.
        selector: tells when there is something to do; its data is a function.
        user: whose programs may talk to us.
        answer: is called with each request.
    """

    def __init__(
        self,
        listening: socket.socket,
        selector: selectors.BaseSelector,
        user: int,
        answer: Callable[[Client, Request], None],
    ) -> None:
        self._listening = listening
        self._selector = selector
        self._user = user
        self._answer = answer
        self._clients: dict[Client, None] = {}
        selector.register(listening, selectors.EVENT_READ, self._accept)

    @property
    def all(self) -> tuple[Client, ...]:
        """The clients, the oldest first."""
        return tuple(self._clients)

    @property
    def descriptors(self) -> list[int]:
        """What a copy of this process must not keep open."""
        connections = [client.connection.fileno() for client in self._clients]
        return [self._listening.fileno(), *connections]

    def send(self, client: Client, line: bytes) -> None:
        """Send a line; a client that does not take what it is sent is let go."""
        if client not in self._clients:
            return
        client.going += line
        self._write(client)

    def close(self) -> None:
        """Let go of all."""
        for client in self.all:
            self._drop(client)
        self._selector.unregister(self._listening)
        self._listening.close()

    def _accept(self, _: int) -> None:
        try:
            connection, _address = self._listening.accept()
        except OSError:
            return
        connection.settimeout(0)
        if peer_user(connection) != self._user:
            connection.close()
            return
        if len(self._clients) >= MAX_CLIENTS:
            # Whoever has waited the longest without wanting to be told anything.
            idle = (each for each in self.all if not each.follows)
            self._drop(next(idle, self.all[0]))
        client = Client(connection)
        self._clients[client] = None
        self._selector.register(
            connection, selectors.EVENT_READ, lambda mask: self._serve(client, mask)
        )

    def _serve(self, client: Client, mask: int) -> None:
        if mask & selectors.EVENT_WRITE:
            self._write(client)
        if mask & selectors.EVENT_READ and client in self._clients:
            self._read(client)

    def _read(self, client: Client) -> None:
        try:
            piece = client.connection.recv(_PIECE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece:
            self._drop(client)
            return
        *lines, client.coming = (client.coming + piece).split(b"\n")
        if len(client.coming) > MAX_REQUEST_BYTES:
            lines.append(client.coming)
            client.coming = b""
        for line in lines:
            self._take(client, line)

    def _take(self, client: Client, line: bytes) -> None:
        try:
            if len(line) > MAX_REQUEST_BYTES:
                raise FormatError("this is too long for a request")
            self._answer(client, parse_request(line))
        except DevenvError as error:
            self.send(client, render_refusal(error))
            if len(line) > MAX_REQUEST_BYTES:
                self._drop(client)

    def _write(self, client: Client) -> None:
        try:
            sent = client.connection.send(client.going) if client.going else 0
        except BlockingIOError:
            sent = 0
        except OSError:
            self._drop(client)
            return
        client.going = client.going[sent:]
        if len(client.going) > MAX_WAITING_BYTES:
            self._drop(client)
            return
        wanted = selectors.EVENT_READ
        wanted |= selectors.EVENT_WRITE if client.going else 0
        key = self._selector.get_key(client.connection)
        if key.events != wanted:
            self._selector.modify(client.connection, wanted, key.data)

    def _drop(self, client: Client) -> None:
        if client in self._clients:
            del self._clients[client]
            self._selector.unregister(client.connection)
            client.connection.close()
