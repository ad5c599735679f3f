"""The tables of a dynamically linked ELF file, read together."""

from collections.abc import Sequence

from devenv.errors import FormatError, RelocationError
from devenv.formats.elf_image import (
    Content,
    DynamicEntry,
    Header,
    Section,
    Segment,
    SegmentType,
    Tag,
    file_offset,
    first_of,
    read_dynamic,
    read_header,
    read_sections,
    read_segments,
    value_of,
)
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """The tables of an ELF file that has a dynamic section.

    The three indexes are those of the sections `.dynamic`, `.dynstr` and `.interp`
    (None without an interpreter); `strings` are the bytes of `.dynstr`.
    """

    content: Content
    header: Header
    segments: tuple[Segment, ...]
    sections: tuple[Section, ...]
    entries: tuple[DynamicEntry, ...]
    strings: bytes
    dynamic: Segment
    interpreter: Segment | None
    dynamic_index: int
    strings_index: int
    interpreter_index: int | None


def read_image(content: Content) -> Image:
    """Return the tables of an ELF file.

    Raises:
        FormatError: it is damaged, or not a loadable 64-bit little-endian file.
        RelocationError: it has no dynamic section or no section headers.
    """
    header = read_header(content)
    segments = read_segments(content, header)
    sections = read_sections(content, header)
    dynamic = first_of(segments, SegmentType.DYNAMIC)
    if dynamic is None:
        raise RelocationError("it is not linked dynamically")
    entries = read_dynamic(content, segments)
    table, size = value_of(entries, Tag.STRINGS), value_of(entries, Tag.STRINGS_SIZE)
    if table is None or size is None:
        raise FormatError("the dynamic section names no string table")
    start = file_offset(segments, table)
    interpreter = first_of(segments, SegmentType.INTERPRETER)
    return Image(
        content=content,
        header=header,
        segments=segments,
        sections=sections,
        entries=entries,
        strings=bytes(content[start : start + size]),
        dynamic=dynamic,
        interpreter=interpreter,
        dynamic_index=_section_at(sections, dynamic.offset),
        strings_index=_section_at(sections, start),
        interpreter_index=interpreter and _section_at(sections, interpreter.offset),
    )


def _section_at(sections: Sequence[Section], offset: int) -> int:
    for index, one in enumerate(sections):
        if one.file_size and one.offset == offset:
            return index
    raise RelocationError(f"no section header describes what is at {offset:#x}")
