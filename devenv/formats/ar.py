"""The outer archive of a .deb (deb(5), ar(5)): where its two tar files lie.

Exactly `debian-binary`, a control.tar and a data.tar, in this order. Members whose
name begins with `_` may stand anywhere after the first and are passed over, as
deb(5) asks. Everything else, and every byte that is not accounted for, is an error.
"""

import re
from collections.abc import Callable, Iterator

from devenv.errors import FormatError
from devenv.values import dataclass

MAX_MEMBERS = 16
"""Three matter; a signed .deb has one or two more."""

ReadAt = Callable[[int, int], bytes]
"""(offset, count) to that many bytes, fewer at the end of the file."""

_MAGIC = b"!<arch>\n"
_HEADER_BYTES = 60
# Name, mtime, owner, group, mode, size; the four in the middle mean nothing here.
_HEADER = re.compile(
    rb"(?P<name>[A-Za-z0-9_.+ /-]{16})"
    rb"[0-9 ]{12}[0-9 ]{6}[0-9 ]{6}[0-7 ]{8}"
    rb"(?P<size>[0-9 ]{10})`\n"
)
_NAME = re.compile(rb"([A-Za-z0-9_.+-]{1,16})/? *")
_SIZE = re.compile(rb"([0-9]{1,10}) *")
_FORMAT_VERSION = re.compile(rb"2\.[0-9]{1,3}\n")
_FORMAT_VERSION_MAX_BYTES = 6
_CONTROL = re.compile(r"control\.tar(?:\.(gz|xz|zst))?")
_DATA = re.compile(r"data\.tar(?:\.(gz|xz|zst|bz2|lzma))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class TarRange:
    """Where one compressed tar file lies, in bytes from the .deb's beginning.

    `compression` is one of gz, xz, zst, bz2, lzma, or empty for none.
    """

    offset: int
    size: int
    compression: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DebLayout:
    """The two tar files of a .deb."""

    control: TarRange
    data: TarRange


def read_layout(read_at: ReadAt, total_bytes: int) -> DebLayout:
    """Return where the tar files of a .deb of `total_bytes` lie.

    Raises:
        FormatError: this is not a .deb, of a version that is not 2, cut short, or has
            members that are missing, unknown, repeated or out of order.
    """
    if read_at(0, len(_MAGIC)) != _MAGIC:
        raise FormatError("this is not a Debian package: it does not begin as one")
    members = list(_members(read_at, total_bytes))
    named = [member for member in members if not member.name.startswith("_")]
    if len(named) != 3 or members[0] is not named[0]:  # noqa: PLR2004 - see above
        raise _unexpected(members)
    first, control, data = named
    if first.name != "debian-binary":
        raise _unexpected(members)
    version = read_at(first.offset, min(first.size, _FORMAT_VERSION_MAX_BYTES + 1))
    if _FORMAT_VERSION.fullmatch(version) is None or len(version) != first.size:
        raise FormatError("this Debian package is of an unknown format version")
    in_control, in_data = _CONTROL.fullmatch(control.name), _DATA.fullmatch(data.name)
    if in_control is None or in_data is None:
        raise _unexpected(members)
    return DebLayout(
        control=_range(control, in_control[1]), data=_range(data, in_data[1])
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    name: str
    offset: int
    size: int


def _members(read_at: ReadAt, total_bytes: int) -> Iterator[_Member]:
    position = len(_MAGIC)
    for _ in range(MAX_MEMBERS):
        if position == total_bytes:
            return
        member = _member(read_at(position, _HEADER_BYTES), position)
        position = member.offset + member.size
        # A member of odd length is followed by one newline, to be even.
        if member.size % 2 and read_at(position, 1) != b"\n":
            raise FormatError("a member of the package is cut short or not padded")
        position += member.size % 2
        if position > total_bytes:
            raise FormatError("a member of the package is cut short")
        yield member
    if position != total_bytes:
        raise FormatError(f"the package has more than {MAX_MEMBERS} members")


def _member(header: bytes, position: int) -> _Member:
    fields = _HEADER.fullmatch(header)
    name = fields and _NAME.fullmatch(fields["name"])
    size = fields and _SIZE.fullmatch(fields["size"])
    if not name or not size:
        raise FormatError(f"the package has a broken member header at byte {position}")
    return _Member(
        name=name[1].decode("ascii"),
        offset=position + _HEADER_BYTES,
        size=int(size[1]),
    )


def _range(member: _Member, compression: str | None) -> TarRange:
    return TarRange(
        offset=member.offset, size=member.size, compression=compression or ""
    )


def _unexpected(members: list[_Member]) -> FormatError:
    names = ", ".join(member.name for member in members)
    return FormatError(
        "a Debian package has debian-binary, control.tar and data.tar,"
        f" in this order; this one has {names or 'nothing'}"
    )
