"""What of a program the redirecting library cannot see, read from its ELF file."""

import re
from collections.abc import Iterator, Mapping, Sequence

from devenv.errors import FormatError
from devenv.formats.elf_image import (
    Content,
    FileType,
    Header,
    Section,
    SectionType,
    Segment,
    SegmentType,
    Tag,
    first_of,
    read_dynamic,
    read_header,
    read_interpreter,
    read_sections,
    read_segments,
    read_string,
    value_of,
)
from devenv.formats.elf_linkage import read_symbols
from devenv.model.out_of_reach import OutOfReach, in_order
from devenv.model.systems import AARCH64_LINUX, X86_64_LINUX

_IMPORTS: Mapping[OutOfReach, frozenset[str]] = {
    OutOfReach.CHARACTER_SETS: frozenset({"iconv_open"}),
    OutOfReach.LOCALES: frozenset({"setlocale", "newlocale"}),
    OutOfReach.NAME_SERVICES: frozenset(
        {
            *("getpwnam", "getpwnam_r", "getpwuid", "getpwuid_r"),
            *("getgrgid", "getgrgid_r", "getgrnam", "getgrnam_r"),
            *("getaddrinfo", "gethostbyname", "gethostbyname_r", "getservbyname"),
        }
    ),
    OutOfReach.SHELL: frozenset({"popen", "system", "wordexp"}),
    OutOfReach.TIME_ZONES: frozenset({"localtime", "localtime_r", "mktime", "tzset"}),
}
_GO_SECTIONS = frozenset({b".note.go.buildid", b".gopclntab"})
_PIE = 0x08000000
"""DF_1_PIE: a static program can look like a library otherwise."""
_CODE = 4
"""SHF_EXECINSTR"""

_X86_64_CALLS = frozenset(
    {
        # open stat lstat access execve chdir readlink openat newfstatat readlinkat
        *(2, 4, 6, 21, 59, 80, 89, 257, 262, 267),
        # faccessat execveat statx openat2 faccessat2
        *(269, 322, 332, 437, 439),
    }
)
_X86_64_CERTAIN = 59
"""Smaller numbers also are plain numbers, and the two bytes of `syscall` may be part of
another instruction: one such place proves nothing."""
_SYSCALL = b"\x0f\x05"
_BEFORE_BYTES = 20
_SET_EAX = re.compile(rb"(?:\xb8|\xc7\xc0)([\x00-\xff][\x00-\x03])\x00\x00")

_AARCH64_CALLS = frozenset({48, 49, 56, 78, 79, 221, 281, 291, 437, 439})
"""The same, but for those that newer architectures have only with `at`."""
_SVC = b"\x01\x00\x00\xd4"
_INSTRUCTION_BYTES = 4
_MOST_INSTRUCTIONS = 12
_SET_X8 = (0x52800008, 0xD2800008)
"""`mov w8, #N` and `mov x8, #N`; N stands in the bits of `_NUMBER`."""
_NUMBER, _NUMBER_SHIFT = 0x001FFFE0, 5


def read_reach(content: Content) -> tuple[OutOfReach, ...] | None:
    """Return what of a program is out of reach, gravest first.

    Args:
        content: the whole file; of a large one only its code is read.

    None: it is no program that a system of ours can start, or a damaged one.
    """
    try:
        header = read_header(content)
        segments = read_segments(content, header)
        if not _is_program(content, header, segments):
            return None
        sections = read_sections(content, header)
        found = set(_by_itself(content, header, sections))
        if read_interpreter(content, segments) is None:
            found.add(OutOfReach.STATIC)
            return in_order(found)
        symbols = read_symbols(content)
    except FormatError:
        return None
    imported = symbols.undefined if symbols else frozenset()
    found |= {reason for reason, names in _IMPORTS.items() if names & imported}
    return in_order(found)


def _is_program(content: Content, header: Header, segments: Sequence[Segment]) -> bool:
    if header.type == FileType.EXECUTABLE or first_of(
        segments, SegmentType.INTERPRETER
    ):
        return True
    flags = value_of(read_dynamic(content, segments), Tag.FLAGS_1)
    return bool((flags or 0) & _PIE)


def _by_itself(
    content: Content, header: Header, sections: Sequence[Section]
) -> Iterator[OutOfReach]:
    """Yield what its sections tell of system calls that pass the C library by."""
    if _GO_SECTIONS & set(_names(content, header, sections)):
        yield OutOfReach.GO
        return
    code = [one for one in sections if one.flags & _CODE and one.file_size]
    texts = (bytes(content[one.offset : one.end]) for one in code)
    calls: set[int] = set()
    for text in texts:
        calls.update(_calls(text, header.machine))
    is_certain = header.machine != X86_64_LINUX.elf_machine or (
        len(calls) > 1 or any(number >= _X86_64_CERTAIN for number in calls)
    )
    if calls and is_certain:
        yield OutOfReach.SYSTEM_CALLS


def _names(
    content: Content, header: Header, sections: Sequence[Section]
) -> Iterator[bytes]:
    if header.section_names >= len(sections):
        return
    table = sections[header.section_names]
    if table.type == SectionType.NO_BITS:
        return
    for one in sections:
        if one.name < table.size:
            yield read_string(content, table.offset + one.name, end=table.end)


def _calls(text: bytes, machine: int) -> Iterator[int]:
    """Yield the numbers of those system calls in some code that take a path."""
    if machine == X86_64_LINUX.elf_machine:
        yield from _calls_of_x86_64(text)
    elif machine == AARCH64_LINUX.elf_machine:
        yield from _calls_of_aarch64(text)


def _calls_of_x86_64(text: bytes) -> Iterator[int]:
    place = text.find(_SYSCALL)
    while place >= 0:
        before = text[max(0, place - _BEFORE_BYTES) : place]
        for found in _SET_EAX.finditer(before):
            number = int.from_bytes(found[1], "little")
            if number in _X86_64_CALLS:
                yield number
        place = text.find(_SYSCALL, place + 1)


def _calls_of_aarch64(text: bytes) -> Iterator[int]:
    place = text.find(_SVC)
    while place >= 0:
        if place % _INSTRUCTION_BYTES == 0:
            yield from _number_before(text, place)
        place = text.find(_SVC, place + 1)


def _number_before(text: bytes, place: int) -> Iterator[int]:
    """Yield the number that is in x8 at a place, if it takes a path."""
    first = max(0, place - _MOST_INSTRUCTIONS * _INSTRUCTION_BYTES)
    for before in range(place - _INSTRUCTION_BYTES, first - 1, -_INSTRUCTION_BYTES):
        word = int.from_bytes(text[before : before + _INSTRUCTION_BYTES], "little")
        if word & ~_NUMBER in _SET_X8:
            number = (word & _NUMBER) >> _NUMBER_SHIFT
            if number in _AARCH64_CALLS:
                yield number
            return
