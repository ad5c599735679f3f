"""Measuring many trees at once, as `devenv.store.measure` measures one."""

import ctypes
import os
from collections.abc import Iterator, Sequence

from devenv.host.files_library import Measuring, load_files_library

_AT_ONCE = 64
_LEVELS = 32
_LEVEL_BYTES = 8192 + 24
"""`struct level` of walk.h."""
_PLACES = 1 << 14
_PLACE_BYTES = 16
"""`struct shared` of measure.c: a tree with so many files with several names is not
simple."""
_UNKNOWN = -1


def measure_trees(
    directory: int, wanted: Sequence[tuple[str, bool]]
) -> Iterator[int | None]:
    """Yield the disk's bytes of files and trees in the open `directory`.

    Args:
        directory: stays open until the last is yielded.
        wanted: names, each with whether files of which some names are elsewhere do
            not count. No link is followed.

    None stands for what is not simple: not there, without a right, too deep, too many
    files with several names, or no library for this machine.
    """
    library = load_files_library()
    if library is None:
        yield from (None for _ in wanted)
        return
    levels = ctypes.create_string_buffer(_LEVELS * _LEVEL_BYTES)
    shared = ctypes.create_string_buffer(_PLACES * _PLACE_BYTES)
    to = Measuring(
        levels=ctypes.addressof(levels),
        shared=ctypes.addressof(shared),
        level_count=_LEVELS,
        place_count=_PLACES,
    )
    sizes = (ctypes.c_int64 * _AT_ONCE)()
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        packed = b"".join(
            [
                (b"L" if is_linking else b" ") + os.fsencode(name) + b"\0"
                for name, is_linking in some
            ]
        )
        if packed.count(b"\0") != len(some):
            raise ValueError("embedded null byte")
        library.devenv_measure(directory, packed, len(some), to, sizes)
        for size in sizes[: len(some)]:
            yield None if size == _UNKNOWN else size
