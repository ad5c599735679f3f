"""The least that programs expect around them, for an image without a system.

Files that say who is there, folders, and links to what the C library opens by itself
and scripts begin with: of these what the environment has.
"""

from collections.abc import Callable, Mapping, Sequence

from devenv.model.systems import System

FOLDERS = ("dev", "etc", "proc", "root", "run", "sys", "tmp", "usr", "var", "var/tmp")

TEXTS: Mapping[str, bytes] = {
    "etc/group": b"root:x:0:\nnogroup:x:65534:\n",
    "etc/nsswitch.conf": b"passwd: files\ngroup: files\nhosts: files dns\n",
    "etc/passwd": (
        b"root:x:0:0:root:/root:/bin/sh\n"
        b"nobody:x:65534:65534:nobody:/nonexistent:/bin/sh\n"
    ),
}

_SHARED = frozenset({"tmp", "var/tmp"})
_FOLDER_MODE, _SHARED_MODE = 0o755, 0o1777

_LINKS = (
    ("bin/bash", "usr/bin/bash"),
    ("bin/sh", "usr/bin/sh"),
    ("usr/bin/env", "usr/bin/env"),
    ("etc/protocols", "etc/protocols"),
    ("etc/services", "etc/services"),
    ("etc/ssl/certs", "etc/ssl/certs"),
    ("usr/lib/locale", "usr/lib/locale"),
    ("usr/share/zoneinfo", "usr/share/zoneinfo"),
)
_CHARACTER_SETS = "usr/lib/{triplet}/gconv"


def folder_mode(path: str) -> int:
    """Return the mode of a folder of an image, wherever it is named."""
    return _SHARED_MODE if path in _SHARED else _FOLDER_MODE


def system_links(
    trees: Sequence[str], system: System, *, is_there: Callable[[str], bool]
) -> dict[str, str]:
    """Return links of an image by their places, each to the first tree that has it.

    `trees` are absolute paths; `is_there` takes one below a tree.
    """
    gconv = _CHARACTER_SETS.format(triplet=system.triplet)
    return {
        place: f"{tree}/{path}"
        for place, path in (*_LINKS, (gconv, gconv))
        for tree in reversed(trees)
        if is_there(f"{tree}/{path}")
    }
