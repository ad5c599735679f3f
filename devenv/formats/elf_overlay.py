"""What follows the end of an ELF file's own structures.

The kernel and the loader never look at it. Programs find it in one of three ways: from
the end of the file (OCaml byte code, zip archives), from where the section headers
end (AppImages), or by an offset from the start of the file that stands at its end
(saved Lisp images). All three are kept.
"""

import struct
from collections.abc import Iterator

from devenv.formats.elf_image import Content

ALIGN_BYTES = 65536
"""It moves by a multiple of this: some of it is mapped, in pages of up to 64 KiB."""

LEAST_BYTES = 4096
"""Anything shorter is not mapped."""

_LISP_TRAILER = struct.Struct("<QQ")
_LISP_MAGIC = 0x5342434C
"""SBCL, src/runtime/coreparse.c: the core's offset, and this word."""


def padding_bytes(content: Content, start: int, *, limit: int) -> int:
    """Return how many zeros it begins with, `limit` at most: space to grow into."""
    zeros = bytes(content[start : start + limit])
    return len(zeros) - len(zeros.lstrip(b"\0"))


def moved_overlay(
    content: memoryview, start: int, *, shift: int
) -> Iterator[bytes | memoryview]:
    """Yield what follows offset `start`, as it must be `shift` bytes further on."""
    trailer = max(start, len(content) - _LISP_TRAILER.size)
    data = bytes(content[trailer:])
    if shift and len(data) == _LISP_TRAILER.size:
        offset, magic = _LISP_TRAILER.unpack(data)
        if magic == _LISP_MAGIC and start <= offset < trailer:
            data = _LISP_TRAILER.pack(offset + shift, magic)
    yield content[start:trailer]
    yield data
