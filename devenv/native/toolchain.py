"""The pinned compiler and linker, for one machine, in a directory of their own."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from devenv.errors import StoreError
from devenv.host import process
from devenv.model.systems import SYSTEMS

GLIBC_BASELINE = "2.28"
"""The oldest C library whose headers are used: no name may be newer."""

COMPILE = (
    "-std=gnu17",
    "-O2",
    "-fPIC",
    "-fvisibility=hidden",
    # Each of these would call for a run-time library, or for a path in the file.
    "-fno-sanitize=all",
    "-fno-stack-protector",
    "-fno-asynchronous-unwind-tables",
    "-fno-ident",
    "-Wall",
    "-Wextra",
    "-Werror",
)
COMPILE_STAND_IN = ("-fPIC", "-fno-builtin", "-w")
"""For what stands in for a library while another is linked, names and nothing else."""
LINK = (
    "--build-id=none",
    "--hash-style=gnu",
    "--strip-all",
    "-zdefs",
    "-znow",
)

_EMULATION = {"x86_64": "elf_x86_64", "aarch64": "aarch64linux"}
_TIMEOUT_SECONDS = 300.0


class Toolchain:
    """Compiles and links for a machine (a key of `SYSTEMS`).

    Args:
        machine: as `uname -m` says it.
        scratch: an existing directory to work in.
        sources: where what is compiled is copied from.

    `compile` and `link` return the name in `scratch` of what they made. They raise
    StoreError with what the compiler said, ProgramError if it could not be started.
    """

    def __init__(self, machine: str, scratch: Path, *, sources: Path) -> None:
        self._target = f"{machine}-linux-gnu.{GLIBC_BASELINE}"
        self._emulation = _EMULATION[machine]
        self._scratch = scratch
        self._sources = sources

    def take_headers(self, pattern: str = "**/*.h") -> None:
        """Copy the headers of `sources` that match, where they stand there."""
        for header in self._sources.glob(pattern):
            self._copy(str(header.relative_to(self._sources)))

    def compile(self, source: str, options: Sequence[str]) -> str:
        """Compile one file, named from `sources`."""
        output = f"{source}.o"
        # By relative names and in the scratch directory: no path gets into a file.
        self._copy(source)
        self._run("cc", "-target", self._target, "-c", *options, "-o", output, source)
        return output

    def link(
        self, name: str, inputs: Sequence[str], *, options: Sequence[str] = ()
    ) -> str:
        """Link a shared library of this name."""
        self._run(
            *("ld.lld", "-m", self._emulation, "-shared", "-soname", name),
            *("-o", name, *options, *inputs),
        )
        return name

    def _copy(self, source: str) -> None:
        copy = self._scratch / source
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((self._sources / source).read_bytes())

    def _run(self, *arguments: str) -> None:
        done = process.run(
            [sys.executable, "-m", "ziglang", *arguments],
            env=_environment(self._scratch),
            timeout_seconds=_TIMEOUT_SECONDS,
            cwd=self._scratch,
        )
        if done.status:
            raise StoreError(
                f"building a native library failed: {done.stderr.decode()}",
                where=" ".join(arguments),
                hint="install the dependency group `native`",
            )


def for_every_machine(
    build: Callable[[str, Path], bytes], scratch: Path
) -> dict[str, bytes]:
    """Return what `build` makes for each machine, each in a new folder of `scratch`.

    Args:
        build: takes a key of `SYSTEMS` and an empty directory.
        scratch: an existing directory that only this call works in.
    """
    result = {}
    for machine in SYSTEMS:
        folder = scratch / machine
        folder.mkdir(parents=True)
        result[machine] = build(machine, folder)
    return result


def _environment(scratch: Path) -> Mapping[str, str]:
    return {
        "HOME": str(scratch),
        "ZIG_GLOBAL_CACHE_DIR": str(scratch / "cache"),
        "ZIG_LOCAL_CACHE_DIR": str(scratch / "cache"),
    }
