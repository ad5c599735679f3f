"""Room for a table to grow where it is: what lies right behind it moves instead.

The program header table cannot move: kernels before 5.18 compute its address
(AT_PHDR) from its file offset and the first segment. The string table could, but
it can be the greater part of a file. Behind both, linkers put what no code has an
address of: the interpreter's name, notes, and tables that only the dynamic section
points to.
"""

from collections.abc import Iterable, Sequence

from devenv.errors import RelocationError
from devenv.formats.elf_image import (
    Content,
    Header,
    Section,
    SectionType,
    Segment,
    SegmentType,
)
from devenv.values import dataclass

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
    """What has to go for a longer table.

    File offsets `start` (where the table ends now) to `end` move as one piece, which
    is empty if nothing is in the way; `moves_section_table` says that the section
    headers are in the way. Up to `cleared` all bytes are free then.
    """

    start: int
    end: int
    cleared: int
    moves_section_table: bool

    def holds(self, one: Section | Segment) -> bool:
        """Whether it takes bytes of the piece that moves."""
        if self.start == self.end or not one.file_size:
            return False
        return one.offset < self.end and one.end > self.start


def find_room(
    content: Content,
    header: Header,
    *,
    segments: Sequence[Segment],
    sections: Sequence[Section],
    grows: tuple[int, int],
    replaced: frozenset[int],
) -> Room:
    """Return what to move so that a table can grow.

    Args:
        content: the file.
        header: its header.
        segments: its program headers.
        sections: its section headers.
        grows: the file offsets where the table ends now, and where it will.
        replaced: indexes of sections that get a new place anyway; their bytes
            count as free.

    Raises:
        RelocationError: something is in the way that code may point to.
    """
    start, end = grows
    if end <= start:
        return Room(start=start, end=start, cleared=start, moves_section_table=False)
    obstacles = _obstacles(segments, sections, start, end, replaced)
    moved_end = max((one.end for one in obstacles), default=start)
    is_table_hit = bool(
        header.section_count
        and header.section_offset < end
        and header.sections_end > start
    )
    cleared = max(end, moved_end)
    _check_gaps(content, header, sections, start, cleared)
    return Room(
        start=start, end=moved_end, cleared=cleared, moves_section_table=is_table_hit
    )


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
                "there is no room for its tables to grow: a section of type "
                f"{one.type:#x} follows at {one.offset:#x}"
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
            f"there is no room for its tables to grow: unknown bytes at {start:#x}"
        )
