"""A folder of archives, served by HTTP to whoever knows their hashes; read only.

There is no list of them, and no address but `/ab/abcd...`: what is not 64 hex digits is
not there. Links are not followed. Whoever fetches compares the hash, so nothing is
compared here.
"""

import socket
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import BoundedSemaphore
from typing import ClassVar

from devenv.errors import DevenvError
from devenv.formats.cache_places import asked_hash, asked_range
from devenv.host.caches import open_kept
from devenv.typed import BinaryIO

MAX_CONNECTIONS = 256
"""A client has up to eight. One more is refused, and goes to a mirror."""

IDLE_SECONDS = 30.0

_GREETING = b"a cache of devenv: archives by their SHA-256, at /ab/abcd...\n"

Heard = Callable[[str], None]
"""Is told what each client asked for, and the answer's status."""


class ArchiveServer(ThreadingHTTPServer):
    """Serves a folder; each connection has a thread, which ends with the process."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, host: str, port: int, *, folder: Path, heard: Heard) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._free = BoundedSemaphore(MAX_CONNECTIONS)
        super().__init__((host, port), partial(_Answer, folder=folder, heard=heard))

    def server_bind(self) -> None:
        """Take the address, without asking a name server for our name."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def process_request(self, request: object, client_address: object) -> None:
        """Answer in a thread of its own, if there are not too many."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)  # type: ignore[arg-type]
            return
        try:
            super().process_request(request, client_address)  # type: ignore[arg-type]
        except BaseException:
            self._free.release()
            raise

    def process_request_thread(self, request: object, client_address: object) -> None:
        """Answer one connection."""
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            self._free.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Let a connection end that the client broke."""


class _Answer(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout: ClassVar[float | None] = IDLE_SECONDS

    def __init__(self, *connection: object, folder: Path, heard: Heard) -> None:
        self._folder = folder
        self._heard = heard
        # This answers all there is to answer.
        super().__init__(*connection)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Send an archive, or the part of it that is asked for."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Say of an archive whether it is there, and its size."""
        self._answer(with_body=False)

    def version_string(self) -> str:
        """Return what we call ourselves: no versions of what we are made of."""
        return "devenv"

    def log_message(self, *_: object) -> None:
        """Say nothing: `heard` is told what matters."""

    def _answer(self, *, with_body: bool) -> None:
        if self.path == "/":
            self._head(200, len(_GREETING))
            if with_body:
                self.wfile.write(_GREETING)
            return
        sha256 = asked_hash(self.path)
        file = _kept(self._folder, sha256) if sha256 else None
        if sha256 is None or file is None:
            self._head(404, 0)
            return
        with file:
            self._send(file, sha256, with_body=with_body)

    def _send(self, file: BinaryIO, sha256: str, *, with_body: bool) -> None:
        size = file.seek(0, 2)
        etag = f'"{sha256}"'
        span = None
        if self.headers.get("If-Range", etag) == etag:
            span = asked_range(self.headers.get("Range", ""), size)
        first, end = span or (0, size)
        fields = {"ETag": etag, "Accept-Ranges": "bytes"}
        if span is None:
            self._head(200, size, fields)
        elif first >= size:
            self._head(416, 0, {**fields, "Content-Range": f"bytes */{size}"})
            return
        else:
            place = f"bytes {first}-{end - 1}/{size}"
            self._head(206, end - first, {**fields, "Content-Range": place})
        if with_body and end > first:
            sent = self.connection.sendfile(file, first, end - first)
            if sent < end - first:
                # It has become shorter: what follows would be taken for the rest.
                self.close_connection = True

    def _head(
        self, status: int, length: int, fields: "dict[str, str] | None" = None
    ) -> None:
        self._heard(f"{self.address_string()} {self.path} {status}")
        self.send_response(status)
        for name, value in {"Content-Length": str(length), **(fields or {})}.items():
            self.send_header(name, value)
        if status == 200:  # noqa: PLR2004 - OK
            self.send_header("Content-Type", "application/octet-stream")
        self.end_headers()


def _kept(folder: Path, sha256: str) -> BinaryIO | None:
    try:
        return open_kept(folder, sha256)
    except OSError:
        return None


def archive_server(
    host: str, port: int, *, folder: Path, heard: Heard
) -> ArchiveServer:
    """Return a server that has its address; `serve_forever` answers, until it raises.

    Raises:
        DevenvError: the address cannot be had.
    """
    try:
        return ArchiveServer(host, port, folder=folder, heard=heard)
    except (OSError, OverflowError) as error:
        what = getattr(error, "strerror", None) or "there is no such port"
        raise DevenvError(
            f"nobody can be served there: {what}",
            where=f"{host}:{port}",
            hint="devenv cache serve --listen HOST:PORT names another address",
        ) from error
