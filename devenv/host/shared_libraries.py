"""The shared libraries of this machine, as its dynamic loader finds them.

Files are read, nothing is run: the Python that runs devenv may have another C
library than the programs that `libraries` are for.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from mmap import ACCESS_READ, mmap
from pathlib import Path

from devenv.errors import FormatError
from devenv.formats.c_library import banner_version
from devenv.formats.elf_image import read_header
from devenv.formats.elf_linkage import read_linkage, read_symbols
from devenv.formats.ld_cache import parse_ld_cache
from devenv.host.files import read_limited
from devenv.model.c_library import CLibraryVersion
from devenv.model.linkage import Linkage, Symbols
from devenv.model.systems import System

LOADER_CACHE = "etc/ld.so.cache"
C_LIBRARY = "libc.so.6"

_MAX_CACHE_BYTES = 64 << 20
_DEFAULT_FOLDERS = (
    "lib/{triplet}",
    "usr/lib/{triplet}",
    "lib64",
    "usr/lib64",
    "lib",
    "usr/lib",
)
"""Where loaders look without a cache, each distribution's in some of them."""


class HostLibraries:
    """What a program of this machine gets for a SONAME.

    Args:
        system: libraries of other machines and word sizes do not count.
        root: the folder that holds the machine's files.
    """

    def __init__(self, system: System, root: Path = Path("/")) -> None:
        self._system = system
        self._root = root
        self._places: dict[str, Path | None] = {}
        self._linkages: dict[str, Linkage | None] = {}
        self._symbols: dict[str, Symbols | None] = {}

    @cached_property
    def c_library_version(self) -> CLibraryVersion | None:
        """The version of the machine's GNU C library; None if it has none."""
        place = self.place(C_LIBRARY)
        if place is None:
            return None
        with _mapped(place) as content:
            return banner_version(content)

    def linkage(self, soname: str) -> Linkage | None:
        """Return what is known of a library, or None if the machine lacks it."""
        if soname not in self._linkages:
            place = self.place(soname)
            self._linkages[soname] = None if place is None else linkage_of(place)
        return self._linkages[soname]

    def symbols(self, soname: str) -> Symbols | None:
        """Return the symbols of a library, if they can be told."""
        if soname not in self._symbols:
            place = self.place(soname)
            self._symbols[soname] = None if place is None else symbols_of(place)
        return self._symbols[soname]

    def place(self, soname: str) -> Path | None:
        """Return the file that the loader takes, or None if the machine lacks it."""
        if soname not in self._places:
            candidates = self._candidates(soname)
            self._places[soname] = next(filter(self._is_usable, candidates), None)
        return self._places[soname]

    def _candidates(self, soname: str) -> Iterator[Path]:
        for path in self._cache.get(soname, ()):
            yield self._root / path.lstrip("/")
        if "/" not in soname:
            for folder in _DEFAULT_FOLDERS:
                place = folder.format(triplet=self._system.triplet)
                yield self._root / place / soname

    @cached_property
    def _cache(self) -> Mapping[str, tuple[str, ...]]:
        machine = self._system.elf_machine
        try:
            content = read_limited(
                self._root / LOADER_CACHE, max_bytes=_MAX_CACHE_BYTES
            )
            return parse_ld_cache(content, machine=machine)
        except (OSError, FormatError):
            # The loader does without it, too.
            return {}

    def _is_usable(self, place: Path) -> bool:
        """Whether the loader would take the file: it exists and is of this machine."""
        try:
            with _mapped(place) as content:
                return read_header(content).machine == self._system.elf_machine
        except (OSError, ValueError, FormatError):
            return False


def linkage_of(place: Path) -> Linkage | None:
    """Return what a library needs and offers; None if it cannot be loaded."""
    try:
        with _mapped(place) as content:
            return read_linkage(content)
    except (OSError, ValueError, FormatError):
        return None


def symbols_of(place: Path) -> Symbols | None:
    """Return the symbols of a library, if they can be told."""
    try:
        with _mapped(place) as content:
            return read_symbols(content)
    except (OSError, ValueError, FormatError):
        return None


@contextmanager
def _mapped(place: Path) -> Iterator[mmap]:
    # A FIFO in place of a library must not hang us; an empty file is a ValueError.
    descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        with mmap(descriptor, 0, access=ACCESS_READ) as content:
            yield content
    finally:
        os.close(descriptor)
