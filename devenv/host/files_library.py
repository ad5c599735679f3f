"""The library that comes with devenv for work on thousands of files.

A system call takes Python half as long again as the kernel, and after each one a thread
waits for the others. The library makes many at once (`devenv/native/files`), and needs
no C library. Where there is none for a machine, Python does the same.
"""

import ctypes
import os
from functools import cache
from pathlib import Path

from devenv.model.systems import SYSTEMS

FILES_LIBRARY = "devenv-files.so"

_DATA = Path(__file__).parents[1] / "data" / "files"


class Removal(ctypes.Structure):
    """`struct removal` of remove.c."""

    _fields_ = [  # type: ignore[mutable-override]
        ("at", ctypes.c_uint64),
        ("freed_bytes", ctypes.c_uint64),
        ("budget", ctypes.c_uint64),
    ]

    at: int
    freed_bytes: int
    budget: int


class Measuring(ctypes.Structure):
    """`struct measuring` of measure.c."""

    _fields_ = [  # type: ignore[mutable-override]
        ("levels", ctypes.c_void_p),
        ("shared", ctypes.c_void_p),
        ("level_count", ctypes.c_uint32),
        ("place_count", ctypes.c_uint32),
        ("round", ctypes.c_uint32),
        ("used", ctypes.c_uint32),
        ("blocks", ctypes.c_uint64),
    ]


class Turn(ctypes.Structure):
    """`struct turn` of fill.c."""

    _fields_ = [  # type: ignore[mutable-override]
        ("at", ctypes.c_uint64),
        ("end", ctypes.c_uint64),
        ("folder", ctypes.c_uint64),
        ("failed", ctypes.c_uint64),
    ]

    at: int
    end: int
    folder: int
    failed: int


def files_library(machine: str) -> Path:
    """Return where the library for a machine (a key of `SYSTEMS`) is."""
    return _DATA / SYSTEMS[machine].name / FILES_LIBRARY


@cache
def load_files_library() -> ctypes.CDLL | None:
    """Return our library, None if this machine cannot load it."""
    machine = os.uname().machine
    if machine not in SYSTEMS:
        return None
    try:
        library = ctypes.CDLL(str(files_library(machine)))
    except OSError:
        return None
    number, text, pointer = ctypes.c_uint64, ctypes.c_char_p, ctypes.POINTER
    library.devenv_remove.argtypes = (
        *(ctypes.c_int, text, number, ctypes.c_void_p, number, pointer(Removal)),
    )
    library.devenv_measure.argtypes = (
        *(ctypes.c_int, text, number, pointer(Measuring), pointer(ctypes.c_int64)),
    )
    library.devenv_fill.argtypes = (
        *(ctypes.c_int, text, pointer(number), ctypes.c_uint32),
        *(pointer(ctypes.c_uint32), pointer(Turn)),
    )
    return library
