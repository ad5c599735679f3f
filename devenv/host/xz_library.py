"""The liblzma that comes with devenv: a decoder, a third quicker than Python's.

Python takes the liblzma of its machine, mostly 5.2 or 5.4; the decoder of 5.8 needs
two thirds of their time, and decompressing is half of a cold start's. Where ours
cannot be loaded (another architecture or C library) Python's does.
"""

import ctypes
import lzma
import os
from functools import cache
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap

from devenv.formats.compression import Decompressor, Piece, open_python_xz
from devenv.model.systems import SYSTEMS

XZ_LIBRARY = "devenv-xz.so"

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib takes 6 ms of every cold start

# lzma_ret and lzma_action, as lzma/base.h has them.
_OK = 0
_STREAM_END = 1
_MEMORY_ERROR = 5
_NO_PROGRESS = 10
_RUN = 0
_COMPLAINTS = {
    6: "Memory usage limit exceeded",
    7: "Input format not supported by decoder",
    8: "Invalid or unsupported options",
    9: "Corrupt input data",
}
"""In the words of Python's own module."""


class _Stream(ctypes.Structure):
    """`lzma_stream` of lzma/base.h."""

    _fields_ = [  # type: ignore[mutable-override]
        ("next_in", ctypes.c_char_p),
        ("avail_in", ctypes.c_size_t),
        ("total_in", ctypes.c_uint64),
        ("next_out", ctypes.c_void_p),
        ("avail_out", ctypes.c_size_t),
        ("total_out", ctypes.c_uint64),
        ("allocator", ctypes.c_void_p),
        ("internal", ctypes.c_void_p),
        ("reserved_pointers", ctypes.c_void_p * 4),
        ("seek_pos", ctypes.c_uint64),
        ("reserved_int2", ctypes.c_uint64),
        ("reserved_sizes", ctypes.c_size_t * 2),
        ("reserved_enums", ctypes.c_int * 2),
    ]


def open_xz(memory_bytes: int) -> Decompressor:
    """Return a decompressor of one .xz stream.

    Args:
        memory_bytes: what it may use at most.
    """
    library = load_xz()
    if library is None:
        return open_python_xz(memory_bytes)
    return XzDecompressor(library, memory_bytes)


def xz_library(machine: str) -> str:
    """Return where the library for a machine (a key of `SYSTEMS`) is."""
    return f"{_PACKAGE}/data/xz/{SYSTEMS[machine].name}/{XZ_LIBRARY}"


@cache
def load_xz() -> ctypes.CDLL | None:
    """Return our library, None if this machine cannot load it.

    Who is to give up the right to read files calls it before.
    """
    machine = os.uname().machine
    if machine not in SYSTEMS:
        return None
    try:
        library = ctypes.CDLL(xz_library(machine))
    except OSError:
        return None
    stream = ctypes.POINTER(_Stream)
    library.lzma_stream_decoder.argtypes = (stream, ctypes.c_uint64, ctypes.c_uint32)
    library.lzma_code.argtypes = (stream, ctypes.c_int)
    library.lzma_end.argtypes = (stream,)
    library.lzma_end.restype = None
    return library


class _Room:
    """Memory to write to, of which what is not written to costs nothing.

    `content` shows it, without a copy.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        memory = mmap(-1, size, MAP_PRIVATE | MAP_ANONYMOUS)
        self.content = memoryview(memory).toreadonly()
        self._first = ctypes.c_char.from_buffer(memory)
        self.address = ctypes.addressof(self._first)


class XzDecompressor:
    """One .xz stream, as `lzma.LZMADecompressor` reads it, errors included.

    Other threads run while it decompresses; it serves one at a time.
    """

    def __init__(self, library: ctypes.CDLL, memory_bytes: int) -> None:
        self.eof = False
        self.needs_input = True
        self.unused_data = b""
        self._library = library
        self._stream = _Stream()
        self._input = b""
        self._output: _Room | None = None
        self._check(library.lzma_stream_decoder(self._stream, memory_bytes, 0))

    def __del__(self) -> None:
        self._library.lzma_end(self._stream)

    def decompress(self, data: bytes, max_length: int) -> Piece:
        """Return at most so many bytes more of the content, until the next call.

        Args:
            data: what follows; empty unless `needs_input`.
            max_length: more than 0.

        Raises:
            lzma.LZMAError: the stream is damaged, or needs too much memory.
            EOFError: the stream has ended.
        """
        if self.eof:
            raise EOFError("Already at end of stream")
        stream = self._stream
        if data:
            self._input = data
            stream.next_in, stream.avail_in = data, len(data)
        room = self._output
        if room is None or room.size != max_length:
            room = self._output = _Room(max_length)
        stream.next_out = room.address
        stream.avail_out = max_length
        status = self._library.lzma_code(stream, _RUN)
        if status == _STREAM_END:
            self.eof = True
            self.unused_data = self._input[len(self._input) - stream.avail_in :]
        elif status != _NO_PROGRESS:
            self._check(status)
        # With both used up there may be more to come out.
        self.needs_input = (
            not self.eof and stream.avail_in == 0 and stream.avail_out != 0
        )
        return room.content[: max_length - stream.avail_out]

    def _check(self, status: int) -> None:
        if status == _MEMORY_ERROR:
            raise MemoryError
        if status != _OK:
            raise lzma.LZMAError(_COMPLAINTS.get(status, f"liblzma's error {status}"))
