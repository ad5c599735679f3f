"""What one file's content tells about relocating it."""

from mmap import mmap

from devenv.formats.elf import read_elf
from devenv.formats.text_paths import find_candidates
from devenv.model.facts import ElfFact, TextFact

MAX_TEXT_BYTES = 8 << 20
"""A text larger than this is data: only its first line is looked at."""

_MAX_FIRST_LINE_BYTES = 4096

_NEVER_REWRITTEN = (
    "usr/include/",  # a path in a header ends up in what is built with it
    "usr/share/dict/",
    "usr/share/fonts/",
    "usr/share/gtk-doc/",  # for people, like the next four
    "usr/share/help/",
    "usr/share/i18n/",
    "usr/share/info/",
    "usr/share/man/",
    "usr/share/icons/",
    "usr/share/locale/",
    "usr/share/mime/",  # describes other people's files, like the next two
    "usr/share/unicode/",
    "usr/share/zoneinfo/",
)
"""Folders whose texts name paths for people or as data, never to be opened."""


def scan(path: str, content: bytes | mmap) -> ElfFact | TextFact | None:
    """Return what is worth knowing of a file, or None.

    Args:
        path: where it is in the tree.
        content: all of it; a file beyond MAX_TEXT_BYTES is best mapped.
    """
    head = content[:4]
    if head == b"\x7fELF":
        return read_elf(path, content)
    is_script = head.startswith(b"#!")
    if not is_script and path.startswith(_NEVER_REWRITTEN):
        return None
    has_nul = len(content) > MAX_TEXT_BYTES or content.find(b"\0") >= 0
    if has_nul and not is_script:
        return None
    return _text(path, content, is_script=is_script, has_nul=has_nul)


def _text(
    path: str, content: bytes | mmap, *, is_script: bool, has_nul: bool
) -> TextFact | None:
    first_line = content[:_MAX_FIRST_LINE_BYTES].partition(b"\n")[0]
    candidates = find_candidates(first_line if has_nul else content[:])
    if not is_script and not candidates:
        return None
    line = first_line[2:].strip().decode("utf-8", "surrogateescape")
    return TextFact(
        path=path,
        interpreter=line if is_script else None,
        candidates=candidates,
        has_nul=has_nul,
    )
