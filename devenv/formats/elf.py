"""What of an ELF file decides how it is relocated: `ElfFact`."""

import struct
from collections.abc import Sequence

from devenv.errors import FormatError
from devenv.formats.elf_image import (
    MAGIC,
    Content,
    DynamicEntry,
    FileType,
    Segment,
    SegmentType,
    Tag,
    file_offset,
    first_of,
    read_dynamic,
    read_header,
    read_interpreter,
    read_segments,
    read_string,
    value_of,
)
from devenv.model.facts import ElfFact

_CLASS, _DATA, _SHORT_END = 4, 5, 20
_LITTLE, _BIG, _64_BIT = 1, 2, 2
_BYTE_ORDERS = {_LITTLE: "<", _BIG: ">"}
_LOADABLE = frozenset(FileType)


def read_elf(path: str, content: Content) -> ElfFact | None:
    """Return what decides how the file is relocated, or None.

    Args:
        path: where the file is in its package; only recorded.
        content: the whole file. Few bytes of it are touched, whatever its size.

    None means that nothing could load it as a program or a library: it is not
    ELF, an object file or a core dump, or so damaged that the kernel or the
    loader would refuse it (archives hold such files as test data). No input
    raises. A file that is 32-bit or big endian has no field but its machine.
    """
    if len(content) < _SHORT_END or content[: len(MAGIC)] != MAGIC:
        return None
    if content[_DATA] not in _BYTE_ORDERS:
        return None
    kind, machine = struct.unpack_from(_BYTE_ORDERS[content[_DATA]] + "HH", content, 16)
    if kind not in _LOADABLE:
        return None
    if content[_CLASS] != _64_BIT or content[_DATA] != _LITTLE:
        return _foreign(path, machine)
    try:
        return _native(path, machine, content)
    except FormatError:
        return None


def _foreign(path: str, machine: int) -> ElfFact:
    return ElfFact(
        path=path,
        machine=machine,
        is_64_bit_little_endian=False,
        is_dynamic=False,
        interpreter=None,
        soname=None,
        needed=(),
        run_paths=(),
    )


def _native(path: str, machine: int, content: Content) -> ElfFact:
    segments = read_segments(content, read_header(content))
    interpreter = read_interpreter(content, segments)
    entries = read_dynamic(content, segments)
    names = _names(content, segments, entries)
    sonames = names.get(Tag.SONAME, ())
    return ElfFact(
        path=path,
        machine=machine,
        is_64_bit_little_endian=True,
        is_dynamic=first_of(segments, SegmentType.DYNAMIC) is not None,
        interpreter=None if interpreter is None else _text(interpreter),
        soname=sonames[-1] if sonames else None,
        needed=tuple(names.get(Tag.NEEDED, ())),
        run_paths=(*names.get(Tag.RPATH, ()), *names.get(Tag.RUNPATH, ())),
    )


_NAMED = frozenset({Tag.NEEDED, Tag.SONAME, Tag.RPATH, Tag.RUNPATH})


def _names(
    content: Content, segments: Sequence[Segment], entries: Sequence[DynamicEntry]
) -> dict[int, list[str]]:
    wanted = [entry for entry in entries if entry.tag in _NAMED]
    if not wanted:
        return {}
    table, size = value_of(entries, Tag.STRINGS), value_of(entries, Tag.STRINGS_SIZE)
    if table is None or size is None:
        raise FormatError("the dynamic section names no string table")
    start = file_offset(segments, table)
    names: dict[int, list[str]] = {}
    for tag, value in wanted:
        if value >= size:
            raise FormatError("a name lies outside the string table")
        end = min(start + size, len(content))
        text = read_string(content, start + value, end=end)
        names.setdefault(tag, []).append(_text(text))
    return names


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
