"""The unpacker's own process: a child per .deb that can do nothing else.

`devenv.host.zygote` starts this module; `devenv.build.unpack` is its other side.
"""

import gc
import json
import os
import socket
from collections.abc import Sequence

from devenv.build.rehearsal import rehearse
from devenv.build.tree_writer import TreeWriter
from devenv.build.unpack_rules import UnpackLimits
from devenv.build.unpacking import unpack
from devenv.errors import DevenvError, FormatError, StoreError, UnsafeArchiveError
from devenv.host.landlock import ResourceLimits, confine_to, limit_resources
from devenv.host.xz_library import load_xz
from devenv.host.zygote_server import Server
from devenv.values import compile_now

MEMORY_BYTES = 512 << 20
"""Room for the largest window of a decompressor, a piece of each stage and the
facts of a package of some 200,000 files."""

UNPACKED = b"U"
REFUSED = b"R"


def main(control: int) -> None:
    """Serve the socket with this descriptor until its other end closes."""
    os.umask(0o077)
    # Once for all children: the first may not be done there, the second takes 3 ms.
    load_xz()
    compile_now()
    with socket.socket(fileno=control) as connection:
        # What is there now lives as long as the process: no collection in a child
        # shall touch, and so copy, its pages.
        gc.disable()
        gc.freeze()
        Server(connection, _answer, rehearse).serve()


def _answer(request: bytes, descriptors: Sequence[int]) -> None:
    """Unpack the first descriptor into the second; report to the third."""
    deb, target, report = descriptors
    try:
        asked = json.loads(request)
        limits = UnpackLimits(**asked["limits"])
        limit_resources(
            ResourceLimits(
                memory_bytes=MEMORY_BYTES,
                mapped_bytes=limits.file_bytes + MEMORY_BYTES,
                file_bytes=limits.file_bytes,
                processor_seconds=int(limits.seconds) + 1,
            )
        )
        version = confine_to(target)
        facts = unpack(
            deb,
            TreeWriter(target),
            name=asked["name"],
            version=asked["version"],
            limits=limits,
            reads_ahead=asked["reads_ahead"],
        )
        answer = UNPACKED + bytes([version]) + facts
    except DevenvError as error:
        answer = _refusal(error)
    except MemoryError:
        answer = _refusal(UnsafeArchiveError("the archive takes too much memory"))
    except OSError as error:
        refused = StoreError(f"it cannot be unpacked: {error.strerror}")
        answer = _refusal(refused, errno=error.errno)
    _write_all(report, answer)


def _refusal(error: DevenvError, *, errno: int | None = None) -> bytes:
    fields = {
        "code": error.code,
        "what": error.what,
        "where": error.where,
        "errno": errno,
    }
    return REFUSED + json.dumps(fields).encode("ascii")


def _write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


ERRORS = {kind.code: kind for kind in (FormatError, UnsafeArchiveError, StoreError)}
"""What a refusal may be, by its code."""
