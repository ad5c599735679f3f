"""Build what works on many files at once, as `devenv.native.build` does it."""

from pathlib import Path

from devenv.host.files_library import FILES_LIBRARY, files_library
from devenv.native.toolchain import COMPILE, LINK, Toolchain, for_every_machine

SOURCES = Path(__file__).parent / "files"

UNITS = ("fill.c", "measure.c", "remove.c")
_COMPILE = (
    *COMPILE,
    # It calls the kernel and nobody else, so that any C library may stand beside it.
    "-ffreestanding",
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
    toolchain.take_headers()
    objects = [toolchain.compile(unit, _COMPILE) for unit in UNITS]
    library = toolchain.link(FILES_LIBRARY, objects, options=LINK)
    return (scratch / library).read_bytes()


def build_all(scratch: Path) -> dict[Path, bytes]:
    """Return the library for every system by where it is committed."""
    built = for_every_machine(build, scratch / "files")
    return {files_library(machine): library for machine, library in built.items()}
