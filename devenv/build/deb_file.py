"""The two tar files in an open .deb."""

import os
from collections.abc import Iterator
from queue import SimpleQueue
from threading import Thread

from devenv.errors import UnsafeArchiveError
from devenv.formats.ar import TarRange
from devenv.formats.compression import Piece, PieceReader, inflated
from devenv.formats.tar import TarKind, TarReader
from devenv.host.xz_library import open_xz

_MAX_CONTROL_BYTES = 64 << 20
_MAX_CONTROL_ENTRIES = 4096
_MAX_POSTINST_BYTES = 1 << 20

_READ_AHEAD_FROM_BYTES = 1 << 20
"""For less, a thread costs more than it saves."""

_NEXT, _NO_MORE = 1, 0


def open_tar(deb: int, part: TarRange, *, reads_ahead: bool) -> TarReader:
    """Return the entries of one of the tar files in an open .deb.

    With `reads_ahead` a thread decompresses what follows, if it is not little.
    """
    position, end = part.offset, part.offset + part.size

    def source(count: int) -> bytes:
        nonlocal position
        fresh = os.pread(deb, min(count, end - position), position)
        position += len(fresh)
        return fresh

    pieces = inflated(source, part.compression, open_xz=open_xz)
    if reads_ahead and part.size >= _READ_AHEAD_FROM_BYTES:
        pieces = _read_ahead(pieces)
    return TarReader(PieceReader(pieces))


def read_postinst(reader: TarReader) -> str:
    """Return the text of the maintainer script, which is never run, or nothing.

    Raises:
        FormatError: the control archive is damaged.
        UnsafeArchiveError: it is too large, or has the script twice.
    """
    total = 0
    content = b""
    for count, entry in enumerate(reader):
        total += entry.size
        if total > _MAX_CONTROL_BYTES or count >= _MAX_CONTROL_ENTRIES:
            raise UnsafeArchiveError("the control archive is too large")
        if entry.name in (b"./postinst", b"postinst") and entry.kind is TarKind.FILE:
            if content or entry.size > _MAX_POSTINST_BYTES:
                raise UnsafeArchiveError("the maintainer script is double or too large")
            content = reader.read(entry.size)
    return content.decode("utf-8", "surrogateescape")


def _read_ahead(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Yield the same pieces, each made while the one before it is in use.

    Decompressing is most of the work and needs no interpreter: where a processor
    is idle, writing and hashing go on beside it. Not by concurrent.futures, whose
    import takes longer than a small package, and each of whose turns as long as a
    small piece.
    """
    turns: SimpleQueue[int] = SimpleQueue()
    made: SimpleQueue[bytes | Exception] = SimpleQueue()
    maker = Thread(target=_make_when_wanted, args=(pieces, turns, made))
    maker.start()
    try:
        turns.put(_NEXT)
        while piece := made.get():
            if isinstance(piece, Exception):
                raise piece
            turns.put(_NEXT)
            yield piece
    finally:
        turns.put(_NO_MORE)
        maker.join()


def _make_when_wanted(
    pieces: Iterator[Piece],
    turns: "SimpleQueue[int]",
    made: "SimpleQueue[bytes | Exception]",
) -> None:
    while turns.get() == _NEXT:
        try:
            # Copied, for the next one is made while this one is in use.
            made.put(bytes(next(pieces, b"")))
        except Exception as error:  # noqa: BLE001 - raised where the piece is wanted
            made.put(error)
