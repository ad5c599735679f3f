"""Build liblzma's decoder (`devenv/native/xz`), as `devenv.native.build` does it."""

from pathlib import Path

from devenv.host.xz_library import XZ_LIBRARY, xz_library
from devenv.native.toolchain import (
    COMPILE,
    COMPILE_STAND_IN,
    LINK,
    Toolchain,
    for_every_machine,
)

SOURCES = Path(__file__).parent / "xz"

_PARTS = {
    "common": (
        *("common", "alone_decoder", "block_decoder", "block_header_decoder"),
        *("block_util", "filter_common", "filter_decoder", "filter_flags_decoder"),
        *("index_hash", "stream_decoder", "stream_flags_common"),
        *("stream_flags_decoder", "vli_decoder", "vli_size"),
    ),
    "check": ("check", "crc32_fast", "crc64_fast", "sha256"),
    "lz": ("lz_decoder",),
    "lzma": ("lzma_decoder", "lzma2_decoder"),
    "delta": ("delta_common", "delta_decoder"),
    "simple": (
        *("simple_coder", "simple_decoder", "x86", "arm", "armthumb", "arm64"),
        *("ia64", "powerpc", "riscv", "sparc"),
    ),
}
UNITS = tuple(
    f"liblzma/{folder}/{name}.c" for folder, names in _PARTS.items() for name in names
)
_FOLDERS = (".", "common", "liblzma/api", "liblzma/rangecoder")
_INCLUDED = (*_FOLDERS, *(f"liblzma/{folder}" for folder in _PARTS))
_COMPILE = (
    "-DHAVE_CONFIG_H",
    *(f"-I{folder}" for folder in _INCLUDED),
    *COMPILE,
    "-Wno-unused-parameter",
)
_LIBC = "xz_libc_names.c"
_LINK = (
    *LINK,
    # Python may have another liblzma, with functions of the same names.
    "-Bsymbolic-functions",
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
    ours = Toolchain(machine, scratch, sources=SOURCES.parent)
    libc = ours.link("libc.so.6", [ours.compile(_LIBC, COMPILE_STAND_IN)])
    theirs = Toolchain(machine, scratch, sources=SOURCES)
    theirs.take_headers()
    objects = [theirs.compile(unit, _COMPILE) for unit in UNITS]
    library = theirs.link(XZ_LIBRARY, [*objects, libc], options=_LINK)
    return (scratch / library).read_bytes()


def build_all(scratch: Path) -> dict[Path, bytes]:
    """Return the library for every system by where it is committed."""
    built = for_every_machine(build, scratch / "xz")
    return {Path(xz_library(machine)): library for machine, library in built.items()}
