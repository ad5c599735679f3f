"""Tar files of our own: plain ones, and the same bytes for the same content.

POSIX ustar, uncompressed; regular files only, of nobody in particular and of no
particular time. What is written here the strict reader takes (`devenv.formats.tar`).
"""

from devenv.formats.tar_header import BLOCK_BYTES

END = bytes(2 * BLOCK_BYTES)
"""What stands behind the last entry."""

_MAX_NAME_BYTES = 100
_MAX_SIZE_BYTES = 8 << 30


def entry_header(name: str, size: int) -> bytes:
    """Return the header of a file of `size` bytes, which come next.

    Raises:
        ValueError: such a name or size does not fit.
    """
    encoded = name.encode("ascii")
    if not 0 < len(encoded) <= _MAX_NAME_BYTES or size >= _MAX_SIZE_BYTES:
        raise ValueError((name, size))
    return header_block(encoded, b"0000644\0", size)


def header_block(  # noqa: PLR0913, PLR0917 - the fields of a header, in their order
    name: bytes,
    mode: bytes,
    size: int,
    mtime_seconds: int = 0,
    kind: bytes = b"0",
    target: bytes = b"",
    prefix: bytes = b"",
) -> bytes:
    """Return a header of root's, with its checksum, of fields that fit (ustar).

    `mode` comes as its field has it; `kind` is the byte of the entry's type.
    """
    block = b"".join(
        (
            name.ljust(100, b"\0"),
            mode,
            b"0000000\0" * 2,
            b"%011o\0" % size,
            b"%011o\0" % mtime_seconds,
            b" " * 8,
            kind,
            target.ljust(100, b"\0"),
            b"ustar\x0000",
            bytes(64),
            b"0000000\0" * 2,
            prefix.ljust(155, b"\0"),
            bytes(12),
        )
    )
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def entry_padding(size: int) -> bytes:
    """Return what comes after a file's content of `size` bytes."""
    return bytes(-size % BLOCK_BYTES)
