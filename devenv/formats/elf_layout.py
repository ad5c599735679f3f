"""Where everything goes in a patched ELF file, before a byte is written."""

from collections.abc import Sequence

from devenv.errors import FormatError, RelocationError
from devenv.formats.elf_dynamic import NewDynamic
from devenv.formats.elf_image import (
    SEGMENT,
    Section,
    Segment,
    SegmentType,
)
from devenv.formats.elf_linked import Image
from devenv.formats.elf_overlay import ALIGN_BYTES, LEAST_BYTES, padding_bytes
from devenv.formats.elf_room import Room, find_room
from devenv.values import dataclass

_SECTION_TABLE_ALIGN_BYTES = 8
_PIECE_ALIGN_BYTES = 16
_LEAST_SEGMENT_ALIGN_BYTES = 4096
_ADDRESS_LIMIT = 1 << 63


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of the old file that moves into the new segment, to `place`."""

    room: Room
    place: int

    def moved(self, offset: int) -> int:
        """Return where a file offset inside it ends up."""
        return self.place + offset - self.room.start

    @property
    def end(self) -> int:
        """The file offset behind it, where it is now."""
        return self.moved(self.room.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """File offsets in the patched file.

    `kept` bytes of the old file stay in front; the new segment reaches from
    `start` to `end`, and an address in it is its file offset plus `shift`. `head`
    moves to make room for the program headers, `behind_strings` for the string
    table. The pieces that get no new place are None: the string table then stays
    where it is. `overlay_start` is an offset in the old file, `overlay_place` the one
    in the new file.
    """

    head: Block
    behind_strings: Block | None
    kept: int
    start: int
    end: int
    shift: int
    align: int
    dynamic: int | None
    interpreter: int | None
    strings: int | None
    section_table: int
    overlay_start: int
    overlay_place: int

    def block_of(self, one: Section | Segment) -> "Block | None":
        """Return the block that a section or segment moves with, or None."""
        for block in (self.head, self.behind_strings):
            if block is not None and block.room.holds(one):
                return block
        return None

    def moved_offset(self, offset: int) -> int | None:
        """Return where a file offset of the old file ends up; None if it stays."""
        for block in (self.head, self.behind_strings):
            if block is not None and block.room.start <= offset < block.room.end:
                return block.moved(offset)
        return None


def plan_layout(image: Image, new: NewDynamic, *, interpreter: bytes | None) -> Layout:
    """Return where everything goes.

    `interpreter` is the NUL-terminated name to write, None in a library.

    Raises:
        FormatError, RelocationError: as `devenv.formats.elf_patch.patch_elf` says.
    """
    is_dynamic_moved = new.minimum_size > image.dynamic.file_size
    room = _head_room(image, is_dynamic_moved=is_dynamic_moved)
    strings_room = _strings_room(image, new, behind=room.cleared)
    elf_end, body_end = _ends(image)
    is_table_last = image.header.section_offset >= body_end
    kept = body_end if is_table_last else elf_end
    align = _segment_align(image.segments)
    start = _aligned(kept, _PIECE_ALIGN_BYTES)
    head = _block(room, start)
    place, behind, dynamic, name, strings = head.end, None, None, None, None
    if strings_room is not None:
        behind = _block(strings_room, place)
        place = behind.end
    if is_dynamic_moved:
        dynamic = _aligned(place, _PIECE_ALIGN_BYTES)
        place = dynamic + new.minimum_size
    if interpreter is not None:
        name, place = place, place + len(interpreter)
    if strings_room is None:
        strings, place = place, place + len(new.strings)
    table, overlay_start, overlay_place = _tail(
        image,
        end=place,
        elf_end=elf_end,
        moves_table=is_table_last or room.moves_section_table,
    )
    return Layout(
        head=head,
        behind_strings=behind,
        kept=kept,
        start=start,
        end=place,
        shift=_first_free_address(image.segments, align) + start % align - start,
        align=align,
        dynamic=dynamic,
        interpreter=name,
        strings=strings,
        section_table=table,
        overlay_start=overlay_start,
        overlay_place=overlay_place,
    )


def _block(room: Room, place: int) -> Block:
    """Return the block at the first fit offset from `place` on."""
    start = _aligned(place, _PIECE_ALIGN_BYTES) + room.start % _PIECE_ALIGN_BYTES
    return Block(room=room, place=start)


def _head_room(image: Image, *, is_dynamic_moved: bool) -> Room:
    """Return what moves for the program headers, which get one more entry."""
    header = image.header
    replaced = {image.strings_index, image.interpreter_index}
    if is_dynamic_moved:
        replaced.add(image.dynamic_index)
    used = sum(one.type != SegmentType.NULL for one in image.segments)
    end = header.segment_offset + (used + 1) * SEGMENT.size
    first = next(one for one in image.segments if one.type == SegmentType.LOAD)
    if not first.offset <= header.segment_offset or first.end < end:
        raise RelocationError("its first segment does not hold the program headers")
    return find_room(
        image.content,
        header,
        segments=image.segments,
        sections=image.sections,
        grows=(header.segments_end, end),
        replaced=frozenset(index for index in replaced if index is not None),
    )


def _strings_room(image: Image, new: NewDynamic, *, behind: int) -> Room | None:
    """Return what moves for the string table; None if the table moves itself.

    What follows it, the version of each symbol, is a tenth of its size: the table
    of a Haskell program can have 40 MB.
    """
    section = image.sections[image.strings_index]
    start, size = section.end, len(image.strings)
    if section.size != size or section.offset < behind:
        return None
    try:
        room = find_room(
            image.content,
            image.header,
            segments=image.segments,
            sections=image.sections,
            grows=(start, start + len(new.strings) - size),
            replaced=frozenset(),
        )
    except RelocationError:
        return None
    if room.moves_section_table or room.end - room.start >= size:
        return None
    return room


def _ends(image: Image) -> tuple[int, int]:
    """Where the ELF proper ends, and where it ends but for the section headers."""
    header = image.header
    body = max(
        header.segments_end,
        *(one.end for one in image.segments),
        *(one.end for one in image.sections),
    )
    return max(body, header.sections_end), body


def _segment_align(segments: Sequence[Segment]) -> int:
    loads = [one for one in segments if one.type == SegmentType.LOAD]
    align = max(_LEAST_SEGMENT_ALIGN_BYTES, *(one.align for one in loads))
    if align & (align - 1):
        raise FormatError(f"a segment is aligned to {align:#x}")
    return align


def _first_free_address(segments: Sequence[Segment], align: int) -> int:
    ends = (
        one.address + max(one.memory_size, one.file_size)
        for one in segments
        if one.type == SegmentType.LOAD
    )
    address = _aligned(max(ends), align)
    if address >= _ADDRESS_LIMIT - (1 << 40):
        raise RelocationError("no addresses are left behind its last segment")
    return address


def _tail(
    image: Image, *, end: int, elf_end: int, moves_table: bool
) -> tuple[int, int, int]:
    """Return where the section headers go, and where the overlay was and will be."""
    table_bytes = image.header.sections_end - image.header.section_offset
    table, place = image.header.section_offset, end
    if moves_table:
        table = _aligned(end, _SECTION_TABLE_ALIGN_BYTES)
        place = table + table_bytes
    grown = place - elf_end
    if grown >= 0 and padding_bytes(image.content, elf_end, limit=grown) == grown:
        return table, place, place
    if len(image.content) - elf_end >= LEAST_BYTES:
        place += (elf_end - place) % ALIGN_BYTES
        table = place - table_bytes if moves_table else table
    return table, elf_end, place


def _aligned(value: int, align: int) -> int:
    return -(-value // align) * align
