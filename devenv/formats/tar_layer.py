"""Entries of a tar file with all kinds that a layer of an image has.

POSIX ustar, and a pax record before an entry for what does not fit: names that have
more than 100 bytes and cannot be cut in two, and sizes from 8 GiB. Names are bytes:
what is not UTF-8 stands as it is. Everything is root's. What is written here the strict
reader takes (`devenv.formats.tar`).
"""

from enum import StrEnum

from devenv.formats.tar_write import entry_padding, header_block
from devenv.typed import NamedTuple

_NAME_BYTES = 100
_PREFIX_BYTES = 155
_MAX_SIZE_BYTES = 8 << 30
_MAX_TIME_SECONDS = (8 << 30) - 1
_PERMISSIONS = 0o7777
_PAX_NAME = b"pax"


class LayerKind(StrEnum):
    """What an entry is, by the byte that tells it (ustar)."""

    FILE = "0"
    HARD_LINK = "1"
    SYMBOLIC_LINK = "2"
    DIRECTORY = "5"


class LayerEntry(NamedTuple):
    """One entry; `name` has no slash in front, and none behind.

    `target` is a symbolic link's text, or the name of the entry, earlier in the same
    layer, that a hard link is one more name of. A tuple, because a layer has ten
    thousand of these.
    """

    name: bytes
    kind: LayerKind
    mode: int
    size: int = 0
    mtime_seconds: int = 0
    target: bytes = b""


def entry_head(entry: LayerEntry) -> bytes:
    """Return what stands in front of an entry's content.

    Raises:
        ValueError: it has no name, or one with a NUL.
    """
    is_folder = entry.kind is LayerKind.DIRECTORY
    name = entry.name + b"/" if is_folder else entry.name
    if not entry.name or b"\0" in name or b"\0" in entry.target:
        raise ValueError(entry)
    prefix, short = _cut(name)
    records = []
    if not short:
        records.append(_record(b"path", name))
        # Who does not know pax gets a name that at least is below the same folder.
        short = name[:_NAME_BYTES].rstrip(b"/") or _PAX_NAME
    if len(entry.target) > _NAME_BYTES:
        records.append(_record(b"linkpath", entry.target))
    size = entry.size
    if size >= _MAX_SIZE_BYTES:
        records.append(_record(b"size", b"%d" % size))
        size = 0
    header = _header(entry, prefix, short, size)
    if not records:
        return header
    told = b"".join(records)
    return _pax_header(len(told)) + told + entry_padding(len(told)) + header


def _cut(name: bytes) -> tuple[bytes, bytes]:
    """Return prefix and name as ustar has them; no name where neither will do."""
    if len(name) <= _NAME_BYTES:
        return b"", name
    slash = name.rfind(b"/", 0, _PREFIX_BYTES + 1)
    rest = name[slash + 1 :]
    if slash <= 0 or not 0 < len(rest) <= _NAME_BYTES:
        return b"", b""
    return name[:slash], rest


def _record(key: bytes, value: bytes) -> bytes:
    """Return a record of pax, which begins with its own length in decimal."""
    rest = len(key) + len(value) + 3
    length = rest + len(b"%d" % rest)
    length = rest + len(b"%d" % length)
    return b"%d %s=%s\n" % (length, key, value)


def _pax_header(size: int) -> bytes:
    return header_block(_PAX_NAME, b"0000644\0", size, kind=b"x")


def _header(entry: LayerEntry, prefix: bytes, name: bytes, size: int) -> bytes:
    return header_block(
        name,
        b"%07o\0" % (entry.mode & _PERMISSIONS),
        size,
        min(max(0, entry.mtime_seconds), _MAX_TIME_SECONDS),
        entry.kind.encode(),
        entry.target[:_NAME_BYTES],
        prefix,
    )
