"""The pinned compiler and linker, for one machine, in a directory of their own."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from devenv.errors import StoreError
from devenv.host import process

GLIBC_BASELINE = "2.28"
"""The oldest C library whose headers are used: no name may be newer."""

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

    def compile(self, source: str, options: Sequence[str]) -> str:
        """Compile one file, named from `sources`."""
        output = f"{source}.o"
        # By relative names and in the scratch directory: no path gets into a file.
        copy = self._scratch / source
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((self._sources / source).read_bytes())
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


def _environment(scratch: Path) -> Mapping[str, str]:
    return {
        "HOME": str(scratch),
        "ZIG_GLOBAL_CACHE_DIR": str(scratch / "cache"),
        "ZIG_LOCAL_CACHE_DIR": str(scratch / "cache"),
    }
