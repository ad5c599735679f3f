"""`devenv cache serve`: this user's downloads, or a cache folder, for others."""

import socket
from collections.abc import Callable
from pathlib import Path

from devenv.errors import UsageError
from devenv.formats.cache_places import listen_address
from devenv.host.archive_server import ArchiveServer, archive_server
from devenv.host.cache_folder import measure_cache
from devenv.host.downloads import downloads_folder
from devenv.operations.doors import Doors
from devenv.values import dataclass

_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - only if somebody asks for it
_LOOPBACK = ("127.", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A server that has its address, and what it gives out.

    `address` is what others put into their settings; `is_open` tells that other
    machines may reach it.
    """

    server: ArchiveServer
    folder: Path
    address: str
    is_open: bool
    archive_count: int
    archive_bytes: int


def serve_archives(
    doors: Doors, folder: Path | None, listen: str, heard: Callable[[str], None]
) -> Serving:
    """Return a server of a folder, by default of this user's own downloads.

    Raises:
        UsageError: there is no such folder, or `listen` is no address.
        DevenvError: the address cannot be had.
    """
    host, port = listen_address(listen)
    served = folder or downloads_folder(doors.directories.cache)
    try:
        count, size = measure_cache(served)
    except OSError as error:
        if folder is not None:
            raise UsageError(
                f"this folder cannot be served: {error.strerror}", where=str(served)
            ) from error
        count = size = 0
    server = archive_server(host, port, folder=served, heard=heard)
    bound = str(server.server_address[0])
    name = socket.gethostname() if bound in _EVERYWHERE else host
    name = f"[{name}]" if ":" in name else name
    return Serving(
        server=server,
        folder=served,
        address=f"http://{name}:{server.server_address[1]}",
        is_open=not bound.startswith(_LOOPBACK),
        archive_count=count,
        archive_bytes=size,
    )
