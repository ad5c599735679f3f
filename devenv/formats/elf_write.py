"""Put the pieces of a patched ELF file together, as `Layout` places them."""

from collections.abc import Iterable, Iterator, Sequence

from devenv.errors import FormatError, RelocationError
from devenv.formats.elf_dynamic import NewDynamic
from devenv.formats.elf_image import (
    SECTION,
    SEGMENT,
    DynamicEntry,
    Section,
    Segment,
    SegmentType,
    Tag,
    file_offset,
)
from devenv.formats.elf_layout import Layout
from devenv.formats.elf_linked import Image
from devenv.formats.elf_overlay import moved_overlay
from devenv.formats.elf_symbols import Edit, offset_table_edits, symbol_edits

_SECTION_OFFSET_AT = 40
_SEGMENT_COUNT_AT = 56
_READ, _WRITE = 4, 2
_POINTERS = frozenset(
    {
        Tag.HASH,
        Tag.SYMBOLS,
        Tag.GNU_HASH,
        Tag.GNU_VERSIONS,
        Tag.GNU_VERSION_DEFINITIONS,
        Tag.GNU_VERSIONS_NEEDED,
    }
)
_MOVES_WITH_BLOCK = frozenset({SegmentType.NOTE, SegmentType.GNU_PROPERTY})
_STAYS_OVER_BLOCK = frozenset({SegmentType.LOAD, SegmentType.TABLE})


def patched_file(
    image: Image, layout: Layout, new: NewDynamic, *, interpreter: bytes | None
) -> Iterator[bytes | memoryview]:
    """Yield the patched file, piece by piece and without copying what stays.

    Raises:
        FormatError: two tables of the file overlap.
        RelocationError: a segment that cannot move lies where the table grows.
    """
    sections = _new_sections(image, layout, new, interpreter)
    section_table = b"".join(SECTION.pack(*one) for one in sections)
    dynamic = _new_entries(image, layout, new)
    edits = list(_value_edits(image, layout, sections))
    if layout.dynamic is None:
        packed = dynamic.packed(size=image.dynamic.file_size)
        edits.append((image.dynamic.offset, packed))
    if layout.section_table < layout.kept:
        edits.append((layout.section_table, section_table))
    segments = _new_segments(image, layout, sections)
    pieces = list(_string_pieces(image, layout, new, edits))
    head, block = _head(image, layout, segments, edits)
    pieces.append((layout.head.place, block))
    if layout.dynamic is not None:
        packed = dynamic.packed(size=new.minimum_size)
        pieces.append((layout.dynamic, packed))
    if layout.interpreter is not None and interpreter is not None:
        pieces.append((layout.interpreter, interpreter))
    if layout.section_table >= layout.kept:
        pieces.append((layout.section_table, section_table))
    content = memoryview(image.content)
    yield head
    yield from _edited(content, edits, start=len(head), end=layout.kept)
    yield _tail(layout, pieces)
    shift = layout.overlay_place - layout.overlay_start
    yield from moved_overlay(content, layout.overlay_start, shift=shift)


def _new_sections(
    image: Image, layout: Layout, new: NewDynamic, interpreter: bytes | None
) -> tuple[Section, ...]:
    """Return the section headers with the moved ones where they are now."""
    sections = list(image.sections)
    strings = sections[image.strings_index]
    sections[image.strings_index] = strings._replace(size=len(new.strings))
    placed: dict[int, tuple[int, int]] = {}
    if layout.strings is not None:
        placed[image.strings_index] = (layout.strings, len(new.strings))
    if layout.dynamic is not None:
        placed[image.dynamic_index] = (layout.dynamic, new.minimum_size)
    if layout.interpreter is not None and interpreter is not None:
        index = image.interpreter_index or 0
        placed[index] = (layout.interpreter, len(interpreter))
    for index, one in enumerate(image.sections):
        if index in placed:
            offset, size = placed[index]
        elif (block := layout.block_of(one)) is not None:
            offset, size = block.moved(one.offset), one.size
        else:
            continue
        address = offset + layout.shift
        sections[index] = one._replace(offset=offset, address=address, size=size)
    return tuple(sections)


def _new_segments(
    image: Image, layout: Layout, sections: Sequence[Section]
) -> list[Segment]:
    """Return the program headers, the new segment's behind the last PT_LOAD."""
    result = [
        _moved_segment(image, layout, sections, one)
        for one in image.segments
        if one.type != SegmentType.NULL
    ]
    last = max(i for i, one in enumerate(result) if one.type == SegmentType.LOAD)
    size, address = layout.end - layout.start, layout.start + layout.shift
    fresh = Segment(
        type=SegmentType.LOAD,
        # The loader writes DT_DEBUG into the dynamic section.
        flags=_READ if layout.dynamic is None else _READ | _WRITE,
        offset=layout.start,
        address=address,
        physical=address,
        file_size=size,
        memory_size=size,
        align=layout.align,
    )
    result.insert(last + 1, fresh)
    size = len(result) * SEGMENT.size
    return [
        one._replace(file_size=size, memory_size=size)
        if one.type == SegmentType.TABLE
        else one
        for one in result
    ]


def _moved_segment(
    image: Image, layout: Layout, sections: Sequence[Section], one: Segment
) -> Segment:
    index = {
        SegmentType.DYNAMIC: None if layout.dynamic is None else image.dynamic_index,
        SegmentType.INTERPRETER: image.interpreter_index,
    }.get(SegmentType(one.type) if one.type in _INDEXED else SegmentType.NULL)
    if index is not None:
        offset, size = sections[index].offset, sections[index].size
    elif (block := layout.block_of(one)) is None or one.type in _STAYS_OVER_BLOCK:
        return one
    elif one.type in _MOVES_WITH_BLOCK:
        offset, size = block.moved(one.offset), one.file_size
    else:
        raise RelocationError(
            f"a segment of type {one.type:#x} lies where the program headers grow"
        )
    address = offset + layout.shift
    return one._replace(
        offset=offset,
        address=address,
        physical=address,
        file_size=size,
        memory_size=size,
    )


_INDEXED = frozenset({SegmentType.DYNAMIC, SegmentType.INTERPRETER})


def _new_entries(image: Image, layout: Layout, new: NewDynamic) -> NewDynamic:
    """Return the dynamic section with the addresses of what moved."""
    entries: list[DynamicEntry] = []
    for entry in new.entries:
        place = None
        if entry.tag == Tag.STRINGS:
            place = layout.strings
        elif entry.tag in _POINTERS:
            place = layout.moved_offset(file_offset(image.segments, entry.value))
        value = entry.value if place is None else place + layout.shift
        entries.append(entry._replace(value=value))
    return NewDynamic(entries=tuple(entries), strings=new.strings)


def _string_pieces(
    image: Image, layout: Layout, new: NewDynamic, edits: list[Edit]
) -> Iterator[tuple[int, bytes]]:
    """Yield what goes into the new segment for the string table.

    Where the table grows in place, its growth joins the edits.
    """
    if layout.strings is not None:
        yield layout.strings, new.strings
    if layout.behind_strings is not None:
        room = layout.behind_strings.room
        content = memoryview(image.content)
        moved = b"".join(_edited(content, edits, start=room.start, end=room.end))
        yield layout.behind_strings.place, moved
        growth = new.strings[len(image.strings) :]
        edits[:] = [edit for edit in edits if not room.start <= edit[0] < room.end]
        edits.append((room.start, growth.ljust(room.cleared - room.start, b"\0")))


def _value_edits(
    image: Image, layout: Layout, sections: Sequence[Section]
) -> Iterator[Edit]:
    deltas = {
        index: new.address - old.address
        for index, (old, new) in enumerate(zip(image.sections, sections, strict=True))
        if new.address != old.address
    }
    yield from symbol_edits(image.content, image.sections, deltas)
    if layout.dynamic is not None:
        yield from offset_table_edits(
            image.content,
            image.sections,
            old=image.dynamic.address,
            new=layout.dynamic + layout.shift,
        )


def _head(
    image: Image, layout: Layout, segments: Sequence[Segment], edits: list[Edit]
) -> tuple[bytes, bytes]:
    """Return the file's first bytes up to what stays, and the block that moves."""
    table = b"".join(SEGMENT.pack(*one) for one in segments)
    start, room = image.header.segment_offset, layout.head.room
    end = max(start + len(table), room.end)
    content = memoryview(image.content)
    head = bytearray().join(_edited(content, edits, start=0, end=end))
    block = bytes(head[room.start : room.end])
    head[room.start : end] = bytes(end - room.start)
    head[start : start + len(table)] = table
    head[_SEGMENT_COUNT_AT : _SEGMENT_COUNT_AT + 2] = len(segments).to_bytes(
        2, "little"
    )
    if image.header.section_offset != layout.section_table:
        head[_SECTION_OFFSET_AT : _SECTION_OFFSET_AT + 8] = (
            layout.section_table.to_bytes(8, "little")
        )
    return bytes(head), block


def _edited(
    content: memoryview, edits: Iterable[Edit], *, start: int, end: int
) -> Iterator[bytes | memoryview]:
    """Yield `content[start:end]` with the edits that lie in it."""
    place = start
    for offset, data in sorted(edits):
        if offset + len(data) <= start or offset >= end:
            continue
        if offset < place or offset + len(data) > end:
            raise FormatError("two tables of the file overlap")
        yield content[place:offset]
        yield data
        place = offset + len(data)
    yield content[place:end]


def _tail(layout: Layout, pieces: Iterable[tuple[int, bytes]]) -> bytes:
    tail = bytearray(layout.overlay_place - layout.kept)
    for offset, data in pieces:
        inside = offset - layout.kept
        tail[inside : inside + len(data)] = data
    return bytes(tail)
