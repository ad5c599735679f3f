"""What an ELF library needs of others and offers to them: versions and symbols.

Version nodes: "Symbol Versioning", Linux Standard Base Core 5.0, chapter 10.7;
symbols: System V ABI, edition 4.1, chapter 4. No input raises anything but
`FormatError`.
"""

import struct
from collections.abc import Iterator, Sequence

from devenv.errors import FormatError
from devenv.formats.elf_image import (
    Content,
    DynamicEntry,
    Section,
    SectionType,
    Segment,
    Tag,
    file_offset,
    read_dynamic,
    read_header,
    read_sections,
    read_segments,
    read_string,
    value_of,
)
from devenv.model.linkage import Linkage, Symbols

# vn_version, vn_cnt, vn_file, vn_aux, vn_next
_NEED = struct.Struct("<HHIII")
# vna_hash, vna_flags, vna_other, vna_name, vna_next
_NEED_AUX = struct.Struct("<IHHII")
# vd_version, vd_flags, vd_ndx, vd_cnt, vd_hash, vd_aux, vd_next
_DEFINITION = struct.Struct("<HHHHIII")
# vda_name, vda_next
_DEFINITION_AUX = struct.Struct("<II")
# st_name, st_info, st_other, st_shndx, st_value, st_size
_SYMBOL = struct.Struct("<IBBHQQ")

_BASE = 1
"""A definition that is the library's own name, not a version."""
_WEAK_NEED = 2
_GLOBAL, _WEAK, _UNIQUE = 1, 2, 10
_UNDEFINED = 0
_MOST_RECORDS = 65_536
"""Counts and offsets come from the file: a chain may be a circle."""


class _Strings:
    """The dynamic string table of a file."""

    def __init__(
        self,
        content: Content,
        segments: Sequence[Segment],
        entries: Sequence[DynamicEntry],
    ) -> None:
        table = value_of(entries, Tag.STRINGS)
        size = value_of(entries, Tag.STRINGS_SIZE)
        if table is None or size is None:
            raise FormatError("the dynamic section names no string table")
        self._content = content
        self._start = file_offset(segments, table)
        self._end = min(self._start + size, len(content))

    def text(self, offset: int) -> str:
        if self._start + offset >= self._end:
            raise FormatError("a name lies outside the string table")
        name = read_string(self._content, self._start + offset, end=self._end)
        return name.decode("utf-8", "surrogateescape")


def read_linkage(content: Content) -> Linkage:
    """Return what a library needs and which versions it defines.

    Args:
        content: the whole file, in memory or mapped; little of it is touched.

    Raises:
        FormatError: it is no 64-bit little-endian ELF file, or a damaged one.
    """
    segments = read_segments(content, read_header(content))
    entries = read_dynamic(content, segments)
    if not entries:
        return Linkage(soname=None)
    strings = _Strings(content, segments, entries)
    soname = value_of(entries, Tag.SONAME)
    needs: dict[str, frozenset[str]] = {}
    for name, versions in _version_needs(content, segments, entries, strings):
        needs[name] = needs.get(name, frozenset()) | versions
    return Linkage(
        soname=None if soname is None else strings.text(soname),
        needed=tuple(
            strings.text(entry.value) for entry in entries if entry.tag == Tag.NEEDED
        ),
        version_needs=needs,
        versions=frozenset(_definitions(content, segments, entries, strings)),
    )


def read_symbols(content: Content) -> Symbols | None:
    """Return the dynamic symbols; None if the file has no table of its sections.

    Raises:
        FormatError: it is no 64-bit little-endian ELF file, or a damaged one.
    """
    sections = read_sections(content, read_header(content))
    for one in sections:
        if one.type == SectionType.DYNAMIC_SYMBOLS and one.link < len(sections):
            return _symbols(content, one, sections[one.link])
    return None


def _symbols(content: Content, table: Section, strings: Section) -> Symbols:
    data = bytes(content[table.offset : table.offset + table.file_size])
    names = bytes(content[strings.offset : strings.offset + strings.file_size])
    undefined, defined = set(), set()
    usable = len(data) - len(data) % _SYMBOL.size
    for name, info, _, section, _, _ in _SYMBOL.iter_unpack(data[:usable]):
        binding = info >> 4
        if section == _UNDEFINED and binding == _GLOBAL:
            undefined.add(_name(names, name))
        elif section != _UNDEFINED and binding in (_GLOBAL, _WEAK, _UNIQUE):
            defined.add(_name(names, name))
    return Symbols(undefined=frozenset(undefined), defined=frozenset(defined))


def _name(names: bytes, offset: int) -> str:
    end = names.find(b"\0", offset)
    if offset >= len(names) or end < 0:
        raise FormatError("a name lies outside the string table")
    return names[offset:end].decode("utf-8", "surrogateescape")


def _version_needs(
    content: Content,
    segments: Sequence[Segment],
    entries: Sequence[DynamicEntry],
    strings: _Strings,
) -> Iterator[tuple[str, frozenset[str]]]:
    address = value_of(entries, Tag.GNU_VERSIONS_NEEDED)
    if address is None:
        return
    for place, fields in _chain(content, file_offset(segments, address), _NEED):
        _, _, file, first, _ = fields
        versions = frozenset(
            strings.text(name)
            for _, (_, flags, _, name, _) in _chain(content, place + first, _NEED_AUX)
            if not flags & _WEAK_NEED
        )
        yield strings.text(file), versions


def _definitions(
    content: Content,
    segments: Sequence[Segment],
    entries: Sequence[DynamicEntry],
    strings: _Strings,
) -> Iterator[str]:
    address = value_of(entries, Tag.GNU_VERSION_DEFINITIONS)
    if address is None:
        return
    for place, fields in _chain(content, file_offset(segments, address), _DEFINITION):
        _, flags, _, _, _, first, _ = fields
        if not flags & _BASE:
            # The first name is the node's own, the others are its parents'.
            name, _ = _record(content, place + first, _DEFINITION_AUX)
            yield strings.text(name)


def _chain(
    content: Content, place: int, layout: struct.Struct
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield records that end with the distance to the next, 0 for the last."""
    for _ in range(_MOST_RECORDS):
        fields = _record(content, place, layout)
        yield place, fields
        if fields[-1] == 0:
            return
        place += fields[-1]
    raise FormatError("a list of versions has no end")


def _record(content: Content, place: int, layout: struct.Struct) -> tuple[int, ...]:
    if place + layout.size > len(content):
        raise FormatError("a list of versions lies outside the file")
    return layout.unpack_from(content, place)
