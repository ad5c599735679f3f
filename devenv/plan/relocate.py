"""Which ELF files of a package are relocated, and how.

A relocated program names the dynamic loader in the store and looks for libraries
in the tree it was started from, by a DT_RPATH relative to itself. DT_RPATH is
inherited by every library it loads, so libraries stay byte for byte what the
archive signed, but for those with a run path of their own.
"""

from collections.abc import Collection, Iterable, Iterator
from posixpath import dirname, normpath, relpath

from devenv.model.facts import ElfFact, PackageFacts
from devenv.model.systems import System
from devenv.values import dataclass

RELOCATION_RULES = 2
"""Raise it whenever the same package would be relocated differently."""

C_LIBRARY = "libc6"
REDIRECT_LIBRARY = "libdevenv-redirect.so"

_ORIGIN = ("$ORIGIN", "${ORIGIN}")
_MERGED = ("bin", "sbin", "lib", "lib64", "lib32", "libx32")
_IN_TREE = ("usr/", "opt/")
_NEVER_IN_TREE = "usr/local/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relocation:
    """What one ELF file gets; the path is relative to the package's root.

    A program gets the interpreter, a library keeps what it has. `run_path` is
    the whole DT_RPATH, `add_needed` are the libraries to load first.
    """

    path: str
    is_program: bool
    run_path: str
    add_needed: tuple[str, ...]


def relocations(
    facts: PackageFacts, system: System, *, without_redirection: Collection[str] = ()
) -> tuple[Relocation, ...]:
    """Return what to do with the ELF files of a package, in the order of facts.

    `without_redirection` names the packages whose programs take host paths as
    what they are. Every name of a hard-linked file has its own entry. The C
    library's own libraries, static programs, programs of another machine or C
    library and files without a run path or an interpreter are left out.
    """
    redirects = facts.name not in without_redirection
    return tuple(
        _program(elf, system, redirects=redirects) if is_program else _library(elf)
        for elf, is_program in _concerned(facts, system)
    )


def has_relocations(facts: PackageFacts, system: System) -> bool:
    """Tell whether there is anything in what `relocations` would return."""
    return any(True for _ in _concerned(facts, system))


def _concerned(facts: PackageFacts, system: System) -> Iterator[tuple[ElfFact, bool]]:
    """Yield what is to be relocated, and whether as a program."""
    if not facts.elf_files:
        return
    executable = {file.path for file in facts.files if file.is_executable}
    for elf in facts.elf_files:
        if not elf.is_64_bit_little_endian or elf.machine != system.elf_machine:
            continue
        is_program = _is_program(elf, system) and elf.path in executable
        is_library = elf.is_dynamic and bool(elf.run_paths) and elf.interpreter is None
        if not is_program and not is_library:
            continue
        if facts.name != C_LIBRARY or (is_program and elf.soname is None):
            yield elf, is_program


def _is_program(elf: ElfFact, system: System) -> bool:
    """Whether the GNU C library's loader starts it (a musl program is not ours)."""
    name = (elf.interpreter or "").rpartition("/")[2]
    return elf.is_dynamic and name == system.loader


def _program(elf: ElfFact, system: System, *, redirects: bool) -> Relocation:
    usr = relpath("usr", dirname(elf.path) or ".")
    tree = (f"$ORIGIN/{usr}/lib/{system.triplet}", f"$ORIGIN/{usr}/lib")
    # An executable library would redirect the paths of a program that left it out.
    wants = redirects and elf.soname is None and bool(elf.needed)
    return Relocation(
        path=elf.path,
        is_program=True,
        run_path=_joined((*_mapped(elf), *tree)),
        add_needed=(REDIRECT_LIBRARY,) if wants else (),
    )


def _library(elf: ElfFact) -> Relocation:
    # Even an unchanged $ORIGIN: with a DT_RUNPATH the program's DT_RPATH would
    # not serve what this library needs (ld.so(8)).
    return Relocation(
        path=elf.path, is_program=False, run_path=_joined(_mapped(elf)), add_needed=()
    )


def _joined(entries: Iterable[str]) -> str:
    return ":".join(dict.fromkeys(entries))


def _mapped(elf: ElfFact) -> list[str]:
    """Return the file's own run path, as seen from where it is in the tree."""
    folder = dirname(elf.path) or "."
    result = []
    for entry in ":".join(elf.run_paths).split(":"):
        if entry.startswith(_ORIGIN):
            result.append(entry)
        elif (place := _in_tree(entry)) is not None:
            result.append(f"$ORIGIN/{relpath(place, folder)}")
    return result


def _in_tree(entry: str) -> str | None:
    """Return where in a tree an absolute directory is.

    What only the machine that built the package had (/build, /home) is left
    out, and so is a relative entry: it would mean the current directory.
    """
    if not entry.startswith("/"):
        return None
    place = normpath(entry).lstrip("/")
    if place.partition("/")[0] in _MERGED:
        place = f"usr/{place}"
    inside = f"{place}/"
    if not inside.startswith(_IN_TREE) or inside.startswith(_NEVER_IN_TREE):
        return None
    return place
