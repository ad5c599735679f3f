"""What is learnt of a package while it is unpacked.

Paths are relative to the tree's root, with the merged-/usr spelling
(`usr/bin/ls`, never `bin/ls`); bytes that are not UTF-8 stand as lone
surrogates (`surrogateescape`).
"""

from devenv.typed import NamedTuple
from devenv.values import dataclass


class FileFact(NamedTuple):
    """One regular file. `hard_link_to` names the earlier file it is a link of.

    `sha256` is lowercase hex over the content, `mtime_seconds` the archive's. A
    tuple, because an environment has ten thousand of these.
    """

    path: str
    is_executable: bool
    size: int
    sha256: str
    mtime_seconds: int
    hard_link_to: str | None = None


class LinkFact(NamedTuple):
    """One symbolic link; an absolute target starts at the tree's root."""

    path: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ElfFact:
    """What decides how an ELF file is relocated.

    `run_paths` holds DT_RPATH and DT_RUNPATH strings as found. A static
    program has neither `interpreter` nor `is_dynamic`.
    """

    path: str
    machine: int
    is_64_bit_little_endian: bool
    is_dynamic: bool
    interpreter: str | None
    soname: str | None
    needed: tuple[str, ...]
    run_paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFact:
    """A text file, or the first line of a script, that names absolute paths.

    `interpreter` is the text after `#!`, or None. `candidates` are the
    absolute paths that the file names and that may have to be rewritten.
    `has_nul` tells a binary file with a textual head: only its `#!` line counts.
    """

    path: str
    interpreter: str | None
    candidates: tuple[str, ...]
    has_nul: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFacts:
    """Everything composing needs to know of one unpacked package.

    `directories` are those the archive lists (some matter though empty).
    `postinst` is the text of the maintainer script: read for alternatives,
    never run.
    """

    name: str
    version: str
    directories: tuple[str, ...]
    files: tuple[FileFact, ...]
    links: tuple[LinkFact, ...]
    elf_files: tuple[ElfFact, ...]
    texts: tuple[TextFact, ...]
    postinst: str
