"""One 512-byte header of a tar file, read strictly (tar(5), POSIX pax).

Three dialects are known: v7, POSIX ustar and GNU. A header that could be read in
two ways is an error.
"""

import re
from typing import NamedTuple
from zlib import adler32

from devenv.errors import FormatError

BLOCK_BYTES = 512
ZERO_BLOCK = bytes(BLOCK_BYTES)

_CHECKSUM = slice(148, 156)
_BLANK_CHECKSUM_SUM = 8 * ord(" ")
_HALF = BLOCK_BYTES // 2
_ADLER_SUM = 0xFFFF
# Not GNU's binary numbers: sizes above 8 GiB, negative times and times after the
# year 2242 are all they are for.
_OCTAL = re.compile(rb" *([0-7]+)[ \0]*")

# Octal or empty, or GNU's binary form.
_UNUSED = re.compile(rb" *[0-7]*[ \0]*|\x80.{7}", re.DOTALL)

# The numbers as GNU tar and dpkg-deb write them, from mode to type: one look tells
# what seven tell of any other header.
_USUAL = re.compile(
    rb"([0-7]{7})\0[0-7]{7}\0[0-7]{7}\0([0-7]{11})\0([0-7]{11})\0([0-7]{6})\0 (.)",
    re.DOTALL,
)
_USUAL_SLICE = (100, 157)
_NO_DEVICES = bytes(16)

_GNU_MAGIC = b"ustar  \0"
_POSIX_MAGIC = b"ustar\x0000"
_V7_MAGIC = bytes(8)
_NO_PREFIX = bytes(155)


class TarHeader(NamedTuple):
    """The fields of a header that mean something to us.

    `type_flag` is one byte, a NUL of old writers given as `0`. `name` includes the
    ustar prefix. Owner, group and device numbers are not looked at. A tuple, because
    archives have ten thousands of these.
    """

    name: bytes
    type_flag: bytes
    mode: int
    size: int
    mtime_seconds: int
    target: bytes


def read_header(block: bytes) -> TarHeader:
    """Return the fields of a header block of 512 bytes.

    Raises:
        FormatError: the checksum or the magic is wrong, or a field is no number.
    """
    usual = _USUAL.match(block, *_USUAL_SLICE)
    if usual is not None and block[329:345] == _NO_DEVICES:
        mode, size, mtime, checksum, type_flag = usual.groups()
        numbers = int(mode, 8), int(size, 8), int(mtime, 8)
        _check_sum(block, int(checksum, 8))
    else:
        _check_sum(block, _number(block[_CHECKSUM], "checksum"))
        _check_unused(block)
        type_flag = block[156:157]
        numbers = (
            _number(block[100:108], "mode"),
            _number(block[124:136], "size"),
            _number(block[136:148], "time"),
        )
    return TarHeader(
        _name(block),
        b"0" if type_flag == b"\0" else type_flag,
        *numbers,
        target=_text(block[157:257], "link target"),
    )


def _check_sum(block: bytes, stored: int) -> None:
    # The lower half of Adler-32 is 1 and the sum of the bytes, modulo 65,521, which
    # 256 bytes never reach: twenty times as fast as `sum`.
    first, second = adler32(block[:_HALF]), adler32(block[_HALF:])
    total = (first & _ADLER_SUM) + (second & _ADLER_SUM) - 2
    if total - sum(block[_CHECKSUM]) + _BLANK_CHECKSUM_SUM != stored:
        raise FormatError("a tar header has a wrong checksum")


def _name(block: bytes) -> bytes:
    name = _text(block[:100], "name")
    magic = block[257:265]
    if magic == _POSIX_MAGIC:
        prefix = _text(block[345:500], "name prefix")
        return prefix + b"/" + name if prefix else name
    if magic not in (_GNU_MAGIC, _V7_MAGIC):
        raise FormatError("a tar header is of an unknown dialect")
    # GNU notes times of backups where ustar has its prefix, and some readers take
    # them for one.
    if block[345:500] != _NO_PREFIX:
        raise FormatError("a tar header has a prefix that its dialect does not know")
    return name


def _check_unused(block: bytes) -> None:
    """Refuse owner and device numbers that other readers stumble over."""
    for start in (108, 116, 329, 337):
        if _UNUSED.fullmatch(block, start, start + 8) is None:
            raise FormatError("a tar header has an owner or device that is no number")


def _text(field: bytes, what: str) -> bytes:
    text, _, padding = field.partition(b"\0")
    if padding.strip(b"\0"):
        raise FormatError(f"a tar header has something after the end of its {what}")
    return text


def _number(field: bytes, what: str) -> int:
    found = _OCTAL.fullmatch(field)
    if found is None:
        raise FormatError(f"a tar header has a {what} that is no octal number")
    return int(found[1], 8)
