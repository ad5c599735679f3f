"""Compressed bytes as a stream that is read in bounded pieces.

One compressed stream and nothing after it: several in a row, which some tools
join and others cut, are refused.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator, Mapping

import zstandard

from devenv.errors import FormatError
from devenv.typed import Protocol

Source = Callable[[int], bytes]
"""Return up to so many further compressed bytes; nothing means the end."""

Piece = bytes | memoryview
"""Bytes that may change as soon as more are asked for; `bytes` of it do not."""


class Decompressor(Protocol):
    """What decompressors of the standard library have in common."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether `decompress` has to be given more."""

    @property
    def unused_data(self) -> bytes:
        """What was given and follows the stream's end."""

    def decompress(self, data: bytes, max_length: int, /) -> Piece:
        """Return at most so many bytes more of the content, until the next call."""


OpenXz = Callable[[int], Decompressor]
"""Return what unfolds one .xz stream, with so many bytes of memory at most."""

MAX_WINDOW_BYTES = 1 << 27
"""128 MiB: what `zstd --ultra -22` and `xz -9` (64 MiB) ask of a reader."""

# Small enough to stay in a processor's cache until it is hashed and written, and to
# be memory that was used before: fresh pages cost more than the copy.
_PIECE_BYTES = 1 << 18
_SOURCE_BYTES = 1 << 16
# zstandard returns all that its input unfolds to, at worst 32,768 times as
# much (a 4-byte block is 128 KiB): small inputs bound it.
_ZSTD_SOURCE_BYTES = 1 << 11
_GZIP_FRAMING = 31


def open_python_xz(memory_bytes: int) -> lzma.LZMADecompressor:
    """Return Python's own decompressor (see `OpenXz`)."""
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memory_bytes)


def inflated(
    source: Source, compression: str, *, open_xz: OpenXz = open_python_xz
) -> Iterator[Piece]:
    """Yield the content of a compressed stream in pieces, none of them empty.

    Args:
        source: where the compressed bytes come from.
        compression: gz, xz, zst, bz2, lzma, or empty for none.
        open_xz: makes the decompressor for xz.

    Raises (while iterating):
        FormatError: the data is damaged, cut short, followed by something, or
            needs more than MAX_WINDOW_BYTES to unfold.
    """
    if compression == "xz":
        # Without integrity checks (--check=none) xz could not tell damage; the hash
        # of the whole archive was compared before, so that is no reason to refuse.
        return _unfolded(source, open_xz(MAX_WINDOW_BYTES))
    return _OPENERS[compression](source)


class PieceReader:
    """Pieces of bytes as a stream, with what a tar reader needs of one."""

    def __init__(self, pieces: Iterator[Piece]) -> None:
        self._pieces = pieces
        self._piece: Piece = b""
        self._position = 0

    def read(self, count: int) -> bytes:
        """Return exactly `count` bytes, or fewer at the end.

        What the pieces raise is passed on.
        """
        end = self._position + count
        if end <= len(self._piece):
            result = self._piece[self._position : end]
            self._position = end
            return bytes(result)
        return self._read_across(count)

    def read1(self, count: int) -> Piece:
        """Return at most `count` bytes, as many as are there; none at the end.

        Nothing is joined or copied for it. What the pieces raise is passed on.
        """
        if self._position == len(self._piece):
            self._piece = next(self._pieces, b"")
            self._position = 0
        start = self._position
        self._position = min(start + count, len(self._piece))
        return self._piece[start : self._position]

    def _read_across(self, count: int) -> bytes:
        # Copied, for the next piece may take this one's place.
        parts: list[Piece] = [bytes(self._piece[self._position :])]
        missing = count - len(parts[0])
        while missing > 0:
            self._piece = next(self._pieces, b"")
            self._position = min(missing, len(self._piece))
            if not self._piece:
                break
            parts.append(bytes(self._piece[: self._position]))
            missing -= self._position
        return b"".join(parts)


def _plain(source: Source) -> Iterator[bytes]:
    while piece := source(_PIECE_BYTES):
        yield piece


def _lzma_alone(source: Source) -> Iterator[Piece]:
    return _unfolded(source, lzma.LZMADecompressor(lzma.FORMAT_ALONE, MAX_WINDOW_BYTES))


def _bzip2(source: Source) -> Iterator[Piece]:
    return _unfolded(source, bz2.BZ2Decompressor())


def _unfolded(source: Source, stream: Decompressor) -> Iterator[Piece]:
    while not stream.eof:
        fresh = _more(source, _SOURCE_BYTES) if stream.needs_input else b""
        try:
            piece = stream.decompress(fresh, _PIECE_BYTES)
        except (lzma.LZMAError, OSError, EOFError) as error:
            raise _damaged(error) from error
        if piece:
            yield piece
    _check_ended(source, stream.unused_data)


def _gzip(source: Source) -> Iterator[bytes]:
    stream = zlib.decompressobj(_GZIP_FRAMING)
    while not stream.eof:
        fresh = stream.unconsumed_tail or _more(source, _SOURCE_BYTES)
        try:
            piece = stream.decompress(fresh, _PIECE_BYTES)
        except zlib.error as error:
            raise _damaged(error) from error
        if piece:
            yield piece
    _check_ended(source, stream.unused_data)


def _zstd(source: Source) -> Iterator[bytes]:
    stream = zstandard.ZstdDecompressor(
        max_window_size=MAX_WINDOW_BYTES
    ).decompressobj()
    while not stream.eof:
        fresh = _more(source, _ZSTD_SOURCE_BYTES)
        try:
            piece = stream.decompress(fresh)
        except zstandard.ZstdError as error:
            raise _damaged(error) from error
        if piece:
            yield piece
    _check_ended(source, stream.unused_data)


def _more(source: Source, count: int) -> bytes:
    fresh = source(count)
    if not fresh:
        raise FormatError("the compressed data is cut short")
    return fresh


def _check_ended(source: Source, unused: bytes) -> None:
    if unused or source(1):
        raise FormatError("something follows the compressed data")


def _damaged(error: Exception) -> FormatError:
    return FormatError(f"the compressed data is damaged: {error}")


_OPENERS: Mapping[str, Callable[[Source], Iterator[Piece]]] = {
    "": _plain,
    "gz": _gzip,
    "zst": _zstd,
    "bz2": _bzip2,
    "lzma": _lzma_alone,
}
