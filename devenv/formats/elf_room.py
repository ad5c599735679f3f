"""Room for one more program header, where the table already is.

The table cannot move: kernels before 5.18 compute its address (AT_PHDR) from
its file offset and the first segment. So what lies right behind it moves
instead. Linkers put there what no code has an address of: the interpreter's
name, notes, and tables that only the dynamic section points to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from devenv.errors import RelocationError
from devenv.formats.elf_image import (
    SEGMENT,
    Content,
    Header,
    Section,
    SectionType,
    Segment,
    SegmentType,
)

_MOVABLE = frozenset(
    {
        SectionType.NOTE,
        SectionType.HASH,
        SectionType.GNU_HASH,
        SectionType.DYNAMIC_SYMBOLS,
        SectionType.GNU_VERSIONS,
        SectionType.GNU_VERSIONS_NEEDED,
        SectionType.GNU_VERSION_DEFINITIONS,
    }
)
_MOVABLE_SEGMENTS = frozenset(
    {SegmentType.INTERPRETER, SegmentType.NOTE, SegmentType.GNU_PROPERTY}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What has to go for a longer program header table.

    File offsets `start` to `end` (empty if nothing is in the way) move as one
    piece; `moves_section_table` says that the section headers are in the way.
    """

    start: int
    end: int
    moves_section_table: bool

    def holds(self, one: Section | Segment) -> bool:
        """Whether it takes bytes of the piece that moves."""
        size = one.file_size
        return size > 0 and one.offset < self.end and one.end > self.start


def find_room(
    content: Content,
    header: Header,
    *,
    segments: Sequence[Segment],
    sections: Sequence[Section],
    entry_count: int,
    replaced: frozenset[int],
) -> Room:
    """Return what to move so that the table can hold `entry_count` entries.

    Args:
        content: the file.
        header: its header.
        segments: its program headers.
        sections: its section headers.
        entry_count: how many program headers there will be.
        replaced: indexes of sections that get a new place anyway; their bytes
            count as free.

    Raises:
        RelocationError: something is in the way that code may point to.
    """
    start = header.segments_end
    end = header.segment_offset + entry_count * SEGMENT.size
    if entry_count <= header.segment_count:
        return Room(start=start, end=start, moves_section_table=False)
    _check_first_segment(segments, header, end)
    obstacles = _obstacles(segments, sections, start, end, replaced)
    moved_end = max((one.end for one in obstacles), default=start)
    is_table_hit = bool(
        header.section_count
        and header.section_offset < end
        and header.sections_end > start
    )
    _check_gaps(content, header, sections, start, max(end, moved_end))
    return Room(start=start, end=moved_end, moves_section_table=is_table_hit)


def _check_first_segment(segments: Sequence[Segment], header: Header, end: int) -> None:
    first = next((one for one in segments if one.type == SegmentType.LOAD), None)
    if (
        first is None
        or not first.offset <= header.segment_offset
        or first.end < end
        or first.memory_size < first.file_size
    ):
        raise RelocationError("its first segment does not hold the program headers")


def _obstacles(
    segments: Sequence[Segment],
    sections: Sequence[Section],
    start: int,
    end: int,
    replaced: frozenset[int],
) -> list[Section]:
    """Sections in the way, with those that share a note segment with them."""
    candidates = [
        one
        for index, one in enumerate(sections)
        if index not in replaced and one.file_size and one.end > start
    ]
    found: list[Section] = []
    grows = True
    while grows:
        found = [one for one in candidates if one.offset < end]
        wider = _notes_end(segments, found, start, end)
        grows, end = wider > end, wider
    for one in found:
        if one.type not in _MOVABLE or one.offset < start:
            raise RelocationError(
                "there is no room for another program header: a section of type "
                f"{one.type:#x} follows the table at {one.offset:#x}"
            )
    return found


def _notes_end(
    segments: Iterable[Segment], found: Sequence[Section], start: int, end: int
) -> int:
    """Where the last movable segment ends that a moving section reaches into."""
    reach = max((one.end for one in found), default=start)
    ends = [
        one.end
        for one in segments
        if one.type in _MOVABLE_SEGMENTS
        and one.type != SegmentType.INTERPRETER
        and start < one.end
        and one.offset < reach
    ]
    return max((end, *ends))


def _check_gaps(
    content: Content, header: Header, sections: Sequence[Section], start: int, end: int
) -> None:
    """Refuse bytes that no section accounts for: they may be anything."""
    covered = [(one.offset, one.end) for one in sections if one.file_size]
    covered.append((header.section_offset, header.sections_end))
    place = start
    for first, last in sorted(covered):
        if first >= end:
            break
        if last > place:
            _check_zeros(content, place, first)
            place = last
    _check_zeros(content, place, end)


def _check_zeros(content: Content, start: int, end: int) -> None:
    if start < end and any(bytes(content[start:end])):
        raise RelocationError(
            "there is no room for another program header: "
            f"unknown bytes follow the table at {start:#x}"
        )
