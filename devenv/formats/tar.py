"""A tar file as a stream of entries, read strictly.

Known are the entries that packages are made of: files, directories, symbolic and
hard links; long names of GNU (`L`, `K`) and of pax (`x`). Python's own reader
was rejected: it repairs what it does not understand, and what two readers
understand differently is how archives escape.
"""

from collections.abc import Iterator
from enum import StrEnum

from devenv.errors import FormatError, UnsafeArchiveError
from devenv.formats.compression import Piece
from devenv.formats.pax import PaxRecords, read_pax
from devenv.formats.tar_header import (
    BLOCK_BYTES,
    ZERO_BLOCK,
    TarHeader,
    read_header,
)
from devenv.typed import Protocol
from devenv.values import dataclass

MAX_NAME_BYTES = 4096
MAX_EXTENDED_BYTES = 1 << 18
MAX_END_BYTES = 1 << 20
"""Zero blocks after the last entry: writers fill up to a record of 10 KiB."""


class TarKind(StrEnum):
    """What an entry is."""

    FILE = "file"
    HARD_LINK = "hard link"
    SYMBOLIC_LINK = "symbolic link"
    DIRECTORY = "directory"


_KINDS = {
    b"0": TarKind.FILE,
    b"1": TarKind.HARD_LINK,
    b"2": TarKind.SYMBOLIC_LINK,
    b"5": TarKind.DIRECTORY,
}
_REFUSED = {
    b"3": "a character device",
    b"4": "a block device",
    b"6": "a named pipe",
    b"7": "a contiguous file",
    b"S": "a sparse file",
    b"g": "a global extended header",
}
_EXTENSIONS = frozenset({b"L", b"K", b"x"})


class Readable(Protocol):
    """A stream: `read` returns `count` bytes, or fewer at its end.

    `read1` returns at most so many, as many as it has at hand, and until more is
    read; none at its end.
    """

    def read(self, count: int, /) -> bytes: ...
    def read1(self, count: int, /) -> Piece: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TarEntry:
    """One entry, names as stored; `size` is 0 unless it is a file."""

    name: bytes
    kind: TarKind
    mode: int
    size: int
    mtime_seconds: int
    target: bytes


class TarReader:
    """The entries of an uncompressed tar stream, in order.

    Iterate over it; while an entry is current, `read` returns its content, and so does
    `read_piece`, piece by piece. What was not read is passed over.

    Raises (while iterating or reading):
        FormatError: the stream breaks a rule of the format, ends early, or has
            something after its end.
        UnsafeArchiveError: an entry of a kind that has no place in a package.
    """

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._left = 0
        self._padding = 0

    def __iter__(self) -> Iterator[TarEntry]:
        while (header := self._next_header()) is not None:
            extension = _Extension()
            while header.type_flag in _EXTENSIONS:
                extension = self._extended(extension, header)
                following = self._next_header()
                if following is None:
                    raise FormatError("a tar file ends after an extended header")
                header = following
            entry = _entry(header, extension)
            self._left, self._padding = entry.size, -entry.size % BLOCK_BYTES
            yield entry

    def read(self, count: int) -> bytes:
        """Return the next `count` bytes of the current file, fewer at its end."""
        wanted = min(count, self._left)
        content = self._exactly(wanted)
        self._left -= wanted
        return content

    def read_piece(self, count: int) -> Piece:
        """Return at most `count` bytes of the current file; none at its end.

        They are there until more is read.
        """
        if not self._left:
            return b""
        piece = self._stream.read1(min(count, self._left))
        if not piece:
            raise _cut_short()
        self._left -= len(piece)
        return piece

    def _next_header(self) -> TarHeader | None:
        while self._left:
            self.read_piece(1 << 20)
        if self._padding:
            self._exactly(self._padding)
            self._padding = 0
        block = self._exactly(BLOCK_BYTES)
        if block == ZERO_BLOCK:
            self._check_end()
            return None
        return read_header(block)

    def _extended(self, extension: "_Extension", header: TarHeader) -> "_Extension":
        limit = MAX_EXTENDED_BYTES if header.type_flag == b"x" else MAX_NAME_BYTES
        if not 0 < header.size <= limit:
            raise FormatError("an extended tar header is empty or too large")
        content = self._exactly(header.size)
        if self._exactly(-header.size % BLOCK_BYTES).strip(b"\0"):
            raise FormatError("an extended tar header has something after its end")
        return extension.joined_with(header.type_flag, content)

    def _check_end(self) -> None:
        if self._exactly(BLOCK_BYTES) != ZERO_BLOCK:
            raise FormatError("a tar file has one block of zeros in its middle")
        rest = self._stream.read(MAX_END_BYTES + 1)
        if len(rest) > MAX_END_BYTES or rest.strip(b"\0"):
            raise FormatError("a tar file has something after its end")

    def _exactly(self, count: int) -> bytes:
        content = self._stream.read(count)
        if len(content) != count:
            raise _cut_short()
        return content


def _cut_short() -> FormatError:
    return FormatError("a tar file is cut short")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Extension:
    """What the extended headers before an entry say, each kind at most once."""

    name: bytes | None = None
    target: bytes | None = None
    pax: PaxRecords | None = None

    def joined_with(self, type_flag: bytes, content: bytes) -> "_Extension":
        if type_flag == b"x":
            if self != _Extension():
                raise FormatError("a tar entry has two extended headers")
            return _Extension(pax=read_pax(content))
        if self.pax is not None:
            raise FormatError("a tar entry has two extended headers")
        text = _terminated(content)
        if type_flag == b"L":
            if self.name is not None:
                raise FormatError("a tar entry has two long names")
            return _Extension(name=text, target=self.target)
        if self.target is not None:
            raise FormatError("a tar entry has two long link targets")
        return _Extension(name=self.name, target=text)


def _terminated(content: bytes) -> bytes:
    if not content.endswith(b"\0") or content.count(b"\0") != 1:
        raise FormatError("a tar entry has a long name that does not end once")
    return content[:-1]


def _entry(header: TarHeader, extension: _Extension) -> TarEntry:
    kind = _KINDS.get(header.type_flag)
    if kind is None:
        what = _REFUSED.get(header.type_flag, f"unknown ({header.type_flag!r})")
        raise UnsafeArchiveError(f"the archive holds {what}", where=ascii(header.name))
    pax = extension.pax or _NO_PAX
    mtime = header.mtime_seconds if pax.mtime_seconds is None else pax.mtime_seconds
    entry = TarEntry(
        name=pax.path or extension.name or header.name,
        kind=kind,
        mode=header.mode,
        size=header.size,
        mtime_seconds=mtime,
        target=pax.target or extension.target or header.target,
    )
    if pax.size is not None and pax.size != header.size:
        raise FormatError("a tar entry has two sizes", where=ascii(entry.name))
    _check_agrees(entry)
    return entry


def _check_agrees(entry: TarEntry) -> None:
    """Refuse an entry whose fields contradict its kind."""
    is_link = entry.kind in (TarKind.HARD_LINK, TarKind.SYMBOLIC_LINK)
    if is_link != bool(entry.target):
        raise FormatError(
            "a tar entry has a target and is no link, or is a link without one",
            where=ascii(entry.name),
        )
    if entry.size and entry.kind is not TarKind.FILE:
        raise FormatError("a tar entry without content has a size")
    if entry.name.endswith(b"/") and entry.kind is not TarKind.DIRECTORY:
        raise FormatError("a tar entry is named as a directory and is none")


_NO_PAX = PaxRecords()
