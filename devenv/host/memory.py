"""The memory of a process that keeps running."""

import ctypes
from functools import cache


def give_back_memory() -> None:
    """Return to the kernel what is free, where the C library can (malloc_trim(3))."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> "ctypes._NamedFuncPointer | None":
    """Return the function; to look for it makes classes, which are made once."""
    found: ctypes._NamedFuncPointer | None
    found = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return found
