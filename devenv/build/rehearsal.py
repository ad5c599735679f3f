"""Unpacking before it counts: a package made up here, written nowhere.

A copy of a process that unpacks one package ends before Python has learnt what its
functions do, and whatever it touches first is a page to be copied. What was learnt
before the fork is there in every copy: a millisecond less for each package.
"""

import lzma
import os
from contextlib import suppress

from devenv.build.tree_writer import TreeWriter
from devenv.build.unpack_rules import UnpackLimits
from devenv.build.unpacking import unpack
from devenv.formats.tar_header import BLOCK_BYTES
from devenv.host.xz_library import load_xz, xz_library

_TIMES = 4
"""With `_ALIKE`: as often as Python has to see a function before it is quicker."""

_ALIKE = 16
_SCRIPT = b"#!/bin/sh\nexec /usr/bin/true /usr/share/true\n"
_DATA = b"\0\1"
_LARGE_BYTES = 300 << 10
"""Too large to be held in memory whole."""

_FILE, _HARD_LINK, _SYMBOLIC_LINK, _DIRECTORY = "0125"


def rehearse() -> bytes:
    """Unpack `rehearsed_package` a few times; return its encoded facts.

    Nothing else is left of it. Empty where no file can be made in memory: each copy
    learns for itself then.
    """
    facts = b""
    with suppress(OSError), open(os.memfd_create("deb"), "w+b", buffering=0) as deb:  # noqa: PTH123 - pathlib opens no descriptor
        deb.write(rehearsed_package())
        for _ in range(_TIMES):
            facts = unpack(
                deb.fileno(),
                _Nowhere(),
                name="rehearsal",
                version="1",
                limits=UnpackLimits(),
                reads_ahead=False,
            )
    return facts


def rehearsed_package() -> bytes:
    """Return a .deb with some of everything that packages have."""
    numbers = range(_ALIKE)
    program = _program()
    entries = (
        *(_entry(_DIRECTORY, f"./usr/share/{number}/") for number in numbers),
        *(_entry(_FILE, f"./usr/share/{number}/a", _SCRIPT) for number in numbers),
        *(_entry(_FILE, f"./usr/share/{number}/b", _DATA) for number in numbers),
        *(_entry(_SYMBOLIC_LINK, f"./usr/lib/{n}.so", target="a.so") for n in numbers),
        _entry(_FILE, "./usr/lib/a.so", program),
        _entry(_HARD_LINK, "./usr/lib/b.so", target="./usr/lib/a.so"),
        _entry(_FILE, "./usr/lib/large", bytes(_LARGE_BYTES)),
        _entry(_FILE, "./usr/share/doc/a/copyright", _DATA),
    )
    members = {
        "debian-binary": b"2.0\n",
        "control.tar.xz": _tar(_entry(_FILE, "./postinst", _SCRIPT)),
        "data.tar.xz": _tar(*entries),
    }
    framed = (_member(name, content) for name, content in members.items())
    return b"!<arch>\n" + b"".join(framed)


class _Nowhere(TreeWriter):
    """A writer whose folders do not exist, and whose files have no names."""

    def __init__(self) -> None:
        super().__init__(-1)

    def add_hard_link(self, path: str, source: str) -> None:  # noqa: ARG002 - as there
        self._take(path)

    def finish(self) -> tuple[str, ...]:
        return ()

    def close(self) -> None: ...

    def _create(self, path: str) -> int:
        self._take(path)
        return os.memfd_create("rehearsal", os.MFD_CLOEXEC)

    def _directory(self, path: str) -> int:
        self._directories.add(path)
        return -1


def _program() -> bytes:
    """Return an ELF file that is at hand; nothing if there is none."""
    if load_xz() is None:
        return b""
    with open(xz_library(os.uname().machine), "rb") as file:  # noqa: PTH123 - as there
        return file.read()


def _tar(*entries: bytes) -> bytes:
    return lzma.compress(b"".join(entries) + bytes(2 * BLOCK_BYTES), preset=0)


def _member(name: str, content: bytes) -> bytes:
    numbers = f"{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}"
    return f"{name:16}{numbers}`\n".encode() + content + b"\n" * (len(content) % 2)


def _entry(kind: str, name: str, content: bytes = b"", target: str = "") -> bytes:
    """Return an entry as GNU tar writes it."""
    numbers = f"{0o755:07o}\0{0:07o}\0{0:07o}\0{len(content):011o}\0{0:011o}\0"
    before = name.encode().ljust(100, b"\0") + numbers.encode()
    after = kind.encode() + target.encode().ljust(100, b"\0") + b"ustar  \0"
    checksum = sum(before) + sum(after) + 8 * ord(" ")
    header = before + f"{checksum:06o}\0 ".encode() + after
    return (
        header.ljust(BLOCK_BYTES, b"\0") + content + bytes(-len(content) % BLOCK_BYTES)
    )
