"""`/etc/ld.so.cache`: where the dynamic loader finds libraries by their SONAME.

The format is glibc's `sysdeps/generic/dl-cache.h`: a header, one record a name,
and the strings. Before glibc 2.32 the same table stood behind one of an older
form, which is read over here, for the loader does so too.
"""

import struct
from collections.abc import Mapping

from devenv.errors import FormatError

_MAGIC = b"glibc-ld.so.cache1.1"
_OLD_MAGIC = b"ld.so-1.7.0"
# magic and version, count, bytes of strings, byte order, extensions, unused
_HEADER = struct.Struct("<20sIIB3xI12x")
# flags, key, value, OS version, hardware capabilities
_ENTRY = struct.Struct("<iIIIQ")
# magic, count
_OLD_HEADER = struct.Struct("<11sxI")
_OLD_ENTRY_BYTES = 12
_ALIGNMENT = 8
_BYTE_ORDERS = (0, 2)
"""Not said, as before glibc 2.33, or little endian."""

_FLAGS_OF_MACHINE = {
    62: 0x0303,  # x86-64, libraries of the C library 6
    183: 0x0A03,  # AArch64, likewise
}


def parse_ld_cache(content: bytes, *, machine: int) -> Mapping[str, tuple[str, ...]]:
    """Return the paths of each SONAME, in the order in which they are to be tried.

    Args:
        content: the whole file.
        machine: the `e_machine` of the libraries that count. Those of other
            machines and word sizes are left out.

    What needs a certain processor comes after what runs on every one.

    Raises:
        FormatError: it is not such a cache, or a damaged one.
    """
    start = _start(content)
    _, count, _, order, _ = _unpack(_HEADER, content, start)
    if not content.startswith(_MAGIC, start) or order not in _BYTE_ORDERS:
        raise FormatError("this is not a cache of the GNU C library's loader")
    first = start + _HEADER.size
    if first + count * _ENTRY.size > len(content):
        raise FormatError("the loader's cache ends before its table does")
    wanted = _FLAGS_OF_MACHINE.get(machine)
    found: dict[str, list[tuple[bool, str]]] = {}
    table = content[first : first + count * _ENTRY.size]
    for flags, key, value, _, capabilities in _ENTRY.iter_unpack(table):
        if flags == wanted:
            name = _string(content, start + key)
            path = _string(content, start + value)
            found.setdefault(name, []).append((capabilities != 0, path))
    return {
        name: tuple(path for _, path in sorted(paths, key=lambda one: one[0]))
        for name, paths in found.items()
    }


def _start(content: bytes) -> int:
    """Return where the new table begins."""
    if not content.startswith(_OLD_MAGIC):
        return 0
    _, count = _unpack(_OLD_HEADER, content, 0)
    end = _OLD_HEADER.size + count * _OLD_ENTRY_BYTES
    return -(-end // _ALIGNMENT) * _ALIGNMENT


def _unpack(layout: struct.Struct, content: bytes, place: int) -> tuple[int, ...]:
    if place + layout.size > len(content):
        raise FormatError("the loader's cache is too short")
    return layout.unpack_from(content, place)


def _string(content: bytes, place: int) -> str:
    end = content.find(b"\0", place)
    if end < 0:
        raise FormatError("a name in the loader's cache has no end")
    return content[place:end].decode("utf-8", "surrogateescape")
