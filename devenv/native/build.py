"""Build the redirecting library, for every system, to the same bytes everywhere.

`python -m devenv.native.build` writes it below `devenv/data/redirect`, where it is
committed, liblzma's decoder below `devenv/data/xz`, and what works on many files below
`devenv/data/files`; with `--check` it only compares. The compiler is the one pinned in
the dependency group `native`: it needs no sysroot and makes all systems alike.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from devenv.errors import DevenvError
from devenv.host.files import random_name, remove_tree, write_whole
from devenv.model.systems import SYSTEMS, System
from devenv.native import build_files, build_xz
from devenv.native.toolchain import (
    COMPILE,
    COMPILE_STAND_IN,
    LINK,
    Toolchain,
    for_every_machine,
)
from devenv.plan.relocate import REDIRECT_LIBRARY

SOURCES = Path(__file__).parent
OUTPUT = SOURCES.parent / "data" / "redirect"

UNITS = ("redirect", "folders", "programs", "rule", "named", "parts", "next")
_STAND_INS = {"libc.so.6": "libc_names.c"}
_LINK = (
    *LINK,
    # Every program of a tree loads it: two segments cost half of what four do. What
    # relocation could seal stands beside pointers that must stay writable anyway.
    "--no-rosegment",
    "-znorelro",
    "-Bsymbolic-functions",
    # A thread may be inside when the program closes what it opened.
    "-znodelete",
)


def build(machine: str, scratch: Path) -> bytes:
    """Return the library for a machine (a key of `SYSTEMS`).

    Args:
        machine: as `uname -m` says it.
        scratch: an empty directory to work in.

    Raises:
        StoreError: the compiler refused, with what it said.
        ProgramError: it could not be started.
    """
    toolchain = Toolchain(machine, scratch, sources=SOURCES)
    toolchain.take_headers("*.h")
    objects = [toolchain.compile(f"{unit}.c", COMPILE) for unit in UNITS]
    stand_ins = [
        toolchain.link(name, [toolchain.compile(source, COMPILE_STAND_IN)])
        for name, source in _STAND_INS.items()
    ]
    library = toolchain.link(REDIRECT_LIBRARY, [*objects, *stand_ins], options=_LINK)
    return (scratch / library).read_bytes()


def build_all(scratch: Path) -> dict[System, bytes]:
    """Return the library for every system; `scratch` is an existing directory."""
    built = for_every_machine(build, scratch / "redirect")
    return {SYSTEMS[machine]: library for machine, library in built.items()}


def committed(system: System) -> Path:
    """Return where the library for a system is committed."""
    return OUTPUT / system.name / REDIRECT_LIBRARY


def main(arguments: Sequence[str]) -> str:
    """Do what the module's docstring says; return the complaint, empty if none."""
    if arguments not in ([], ["--check"]):
        return "usage: python -m devenv.native.build [--check]"
    place = Path("build-out")
    place.mkdir(exist_ok=True)
    scratch = place.absolute() / random_name("native-")
    scratch.mkdir()
    directory = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        built = {
            committed(system): library for system, library in build_all(scratch).items()
        }
        built |= build_xz.build_all(scratch) | build_files.build_all(scratch)
    except DevenvError as error:
        return f"{error.what} ({error.where})"
    finally:
        remove_tree(directory, scratch.name)
        os.close(directory)
    if arguments:
        return _differences(built)
    for place, library in built.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, library)
    return ""


def _differences(built: Mapping[Path, bytes]) -> str:
    stale = [
        str(place)
        for place, library in built.items()
        if not place.is_file() or place.read_bytes() != library
    ]
    return f"not what the source builds: {', '.join(stale)}" if stale else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) or None)
