"""The memory of a process that keeps running."""

import ctypes


def give_back_memory() -> None:
    """Return to the kernel what is free, where the C library can (malloc_trim(3))."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
