"""What the kernel tells of the file system that a folder is on."""

import os
from pathlib import Path

from devenv.values import dataclass

_MOUNTS = Path("/proc/self/mountinfo")
_ESCAPES = {r"\040": " ", r"\011": "\t", r"\012": "\n", r"\134": "\\"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSystem:
    """One file system, as a folder on it has it."""

    device: int
    kind: str
    free_bytes: int
    free_inodes: int | None
    is_read_only: bool
    is_without_programs: bool


def file_system_of(folder: Path) -> FileSystem:
    """Return what holds a folder, or the nearest one above that is there.

    Raises:
        OSError: it cannot be looked at.
    """
    place = nearest_there(folder)
    found = os.statvfs(place)
    return FileSystem(
        device=place.stat().st_dev,
        kind=_kind(place),
        free_bytes=found.f_bavail * found.f_frsize,
        # File systems that make inodes as they are needed count none.
        free_inodes=found.f_favail if found.f_files else None,
        is_read_only=bool(found.f_flag & os.ST_RDONLY),
        is_without_programs=bool(found.f_flag & os.ST_NOEXEC),
    )


def nearest_there(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists."""
    while not folder.exists():
        folder = folder.parent
    return folder


def _kind(place: Path) -> str:
    """Return the name of its kind, of the last mount that covers it (proc(5))."""
    path = os.fsencode(place.resolve()).decode("utf-8", "surrogateescape")
    best, kind = "", "unknown"
    for line in _MOUNTS.read_text("utf-8", "surrogateescape").splitlines():
        before, _, after = line.partition(" - ")
        point = _plain(before.split(" ")[4])
        covers = path == point or path.startswith(point.rstrip("/") + "/")
        if covers and len(point) >= len(best):
            best, kind = point, after.split(" ")[0]
    return kind


def _plain(text: str) -> str:
    for escape, character in _ESCAPES.items():
        text = text.replace(escape, character)
    return text
