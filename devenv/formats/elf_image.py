"""The tables of an ELF file: header, segments, sections, dynamic entries.

64-bit little endian only (System V ABI, edition 4.1, chapters 4 and 5). Every
value is checked against the size of the file before it is followed, so that no
input raises anything but `FormatError`.
"""

import mmap
import struct
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from devenv.errors import FormatError
from devenv.values import dataclass

Content = bytes | bytearray | memoryview | mmap.mmap
"""A whole file, in memory or mapped."""

MAGIC = b"\x7fELF"
_IDENTITY = MAGIC + b"\x02\x01"
HEADER_BYTES = 64
SEGMENT = struct.Struct("<IIQQQQQQ")
SECTION = struct.Struct("<IIQQQQIIQQ")
DYNAMIC = struct.Struct("<QQ")
_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_EXTENDED = 0xFFFF
_MAX_INTERPRETER_BYTES = 4096
_STRING_CHUNK_BYTES = 4096


class FileType(IntEnum):
    """`e_type`: only these two can be loaded."""

    EXECUTABLE = 2
    SHARED = 3


class SegmentType(IntEnum):
    """`p_type`, as far as it matters here."""

    NULL = 0
    LOAD = 1
    DYNAMIC = 2
    INTERPRETER = 3
    NOTE = 4
    TABLE = 6
    GNU_PROPERTY = 0x6474E553


class SectionType(IntEnum):
    """`sh_type`, as far as it matters here."""

    NULL = 0
    PROGBITS = 1
    SYMBOLS = 2
    HASH = 5
    NOTE = 7
    NO_BITS = 8
    DYNAMIC_SYMBOLS = 11
    GNU_HASH = 0x6FFFFFF6
    GNU_VERSION_DEFINITIONS = 0x6FFFFFFD
    GNU_VERSIONS_NEEDED = 0x6FFFFFFE
    GNU_VERSIONS = 0x6FFFFFFF


class Tag(IntEnum):
    """`d_tag`, as far as it matters here."""

    NULL = 0
    NEEDED = 1
    HASH = 4
    STRINGS = 5
    SYMBOLS = 6
    STRINGS_SIZE = 10
    SONAME = 14
    RPATH = 15
    RUNPATH = 29
    GNU_HASH = 0x6FFFFEF5
    GNU_VERSIONS = 0x6FFFFFF0
    FLAGS_1 = 0x6FFFFFFB
    GNU_VERSION_DEFINITIONS = 0x6FFFFFFC
    GNU_VERSIONS_NEEDED = 0x6FFFFFFE


class Segment(NamedTuple):
    """One program header; the fields are in the file's order, without `p_`."""

    type: int
    flags: int
    offset: int
    address: int
    physical: int
    file_size: int
    memory_size: int
    align: int

    @property
    def end(self) -> int:
        """The file offset behind the last byte."""
        return self.offset + self.file_size


class Section(NamedTuple):
    """One section header; the fields are in the file's order, without `sh_`."""

    name: int
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    align: int
    entry_size: int

    @property
    def file_size(self) -> int:
        """How many bytes of the file it takes."""
        return 0 if self.type in {SectionType.NO_BITS, SectionType.NULL} else self.size

    @property
    def end(self) -> int:
        """The file offset behind the last byte."""
        return self.offset + self.file_size


class DynamicEntry(NamedTuple):
    """One entry of the dynamic section."""

    tag: int
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The fields of the ELF header that are not constant."""

    type: int
    machine: int
    segment_offset: int
    segment_count: int
    section_offset: int
    section_count: int
    section_names: int

    @property
    def segments_end(self) -> int:
        """The file offset behind the program header table."""
        return self.segment_offset + self.segment_count * SEGMENT.size

    @property
    def sections_end(self) -> int:
        """The file offset behind the section header table, 0 if there is none."""
        return self.section_offset + self.section_count * SECTION.size


def read_header(content: Content) -> Header:
    """Return the header of a loadable 64-bit little-endian ELF file.

    Raises:
        FormatError: it is not one, or its tables do not lie in the file.
    """
    if len(content) < HEADER_BYTES or bytes(content[: len(_IDENTITY)]) != _IDENTITY:
        raise FormatError("it is not a 64-bit little-endian ELF file")
    fields = _HEADER.unpack_from(content)
    segment_size, segment_count, section_size, section_count, names = fields[9:14]
    header = Header(
        type=fields[1],
        machine=fields[2],
        segment_offset=fields[5],
        segment_count=segment_count,
        section_offset=fields[6] if section_count else 0,
        section_count=section_count if fields[6] else 0,
        section_names=names,
    )
    if segment_count and segment_size != SEGMENT.size:
        raise FormatError(f"a program header of {segment_size} bytes")
    if header.section_count and section_size != SECTION.size:
        raise FormatError(f"a section header of {section_size} bytes")
    if segment_count == _EXTENDED or header.segments_end > len(content):
        raise FormatError("the program headers lie outside the file")
    return header


def read_segments(content: Content, header: Header) -> tuple[Segment, ...]:
    """Return the program headers.

    Raises:
        FormatError: a segment lies outside the file.
    """
    table = bytes(content[header.segment_offset : header.segments_end])
    segments = tuple(map(Segment._make, SEGMENT.iter_unpack(table)))
    size = len(content)
    if any(one.file_size and one.end > size for one in segments):
        raise FormatError("a segment lies outside the file")
    return segments


def read_sections(content: Content, header: Header) -> tuple[Section, ...]:
    """Return the section headers; none is not an error.

    Raises:
        FormatError: the table or a section lies outside the file.
    """
    if header.sections_end > len(content):
        raise FormatError("the section headers lie outside the file")
    table = bytes(content[header.section_offset : header.sections_end])
    sections = tuple(map(Section._make, SECTION.iter_unpack(table)))
    if any(one.file_size and one.end > len(content) for one in sections):
        raise FormatError("a section lies outside the file")
    return sections


def first_of(segments: Sequence[Segment], kind: SegmentType) -> Segment | None:
    """Return the first segment of a type that takes bytes of the file."""
    return next((one for one in segments if one.type == kind and one.file_size), None)


def file_offset(segments: Sequence[Segment], address: int) -> int:
    """Return where in the file an address is loaded from.

    Raises:
        FormatError: no loaded segment holds it.
    """
    for one in segments:
        inside = address - one.address
        if one.type == SegmentType.LOAD and 0 <= inside < one.file_size:
            return one.offset + inside
    raise FormatError(f"no segment holds the address {address:#x}")


def read_interpreter(content: Content, segments: Sequence[Segment]) -> bytes | None:
    """Return the path of the program interpreter, or None.

    Raises:
        FormatError: it is longer than any path, which the kernel refuses.
    """
    found = first_of(segments, SegmentType.INTERPRETER)
    if found is None:
        return None
    if found.file_size > _MAX_INTERPRETER_BYTES:
        raise FormatError("the interpreter's name is too long")
    return bytes(content[found.offset : found.end]).partition(b"\0")[0]


def read_dynamic(
    content: Content, segments: Sequence[Segment]
) -> tuple[DynamicEntry, ...]:
    """Return the entries in front of the first DT_NULL; () without a section."""
    found = first_of(segments, SegmentType.DYNAMIC)
    if found is None:
        return ()
    return tuple(_entries(content, found))


def _entries(content: Content, segment: Segment) -> Iterator[DynamicEntry]:
    end = segment.end - DYNAMIC.size + 1
    for offset in range(segment.offset, end, DYNAMIC.size):
        entry = DynamicEntry._make(DYNAMIC.unpack_from(content, offset))
        if entry.tag == Tag.NULL:
            return
        yield entry


def value_of(entries: Sequence[DynamicEntry], tag: Tag) -> int | None:
    """Return the value of the last entry with a tag: the one the loader takes."""
    return next((one.value for one in reversed(entries) if one.tag == tag), None)


def read_string(content: Content, offset: int, *, end: int) -> bytes:
    """Return the NUL-terminated string at a file offset.

    Raises:
        FormatError: it does not end before `end`, a file offset.
    """
    # Names are short and string tables are not: look at a little of it first.
    for stop in (min(offset + _STRING_CHUNK_BYTES, end), end):
        text, nul, _ = bytes(content[offset:stop]).partition(b"\0")
        if nul:
            return text
    raise FormatError("a name in the string table has no end")
