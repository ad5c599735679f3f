"""`devenv doctor`: whether this machine can run everything, and what it uses."""

import os
import sys
from collections.abc import Callable

from devenv import __version__
from devenv.build.redirect_library import library_digest
from devenv.errors import DevenvError
from devenv.formats.quantities import counted, size
from devenv.host.landlock import landlock_version
from devenv.model.environment import LIBRARY_PATH
from devenv.operations.check_library_path import check_library_path
from devenv.operations.doors import Doors
from devenv.operations.package_set import open_packages
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; `detail` says what was found."""

    subject: str
    is_fine: bool
    detail: str


def examine(doors: Doors) -> tuple[Finding, ...]:
    """Look at everything devenv depends on; nothing here raises for a finding."""
    findings = (
        Finding(subject="devenv", is_fine=True, detail=_versions(doors)),
        _finding("store", lambda: _store(doors)),
        _finding("redirecting library", lambda: library_digest(doors.system)[:16]),
        _finding("confinement", _confinement),
        _finding("package index", lambda: _index(doors)),
    )
    if doors.env.get(LIBRARY_PATH):
        return (*findings, _finding(LIBRARY_PATH, lambda: _library_path(doors)))
    return findings


def _finding(subject: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(subject=subject, is_fine=True, detail=look())
    except DevenvError as error:
        parts = (error.what, error.where, error.hint)
        text = "; ".join(part for part in parts if part)
        return Finding(subject=subject, is_fine=False, detail=text)
    except OSError as error:
        text = f"{error.strerror}: {error.filename}"
        return Finding(subject=subject, is_fine=False, detail=text)


def _library_path(doors: Doors) -> str:
    return check_library_path(doors.env, doors.system, store=doors.store.directory)


def _versions(doors: Doors) -> str:
    python = ".".join(str(part) for part in sys.version_info[:3])
    return f"{__version__} on {doors.system.name}, Python {python}"


def _store(doors: Doors) -> str:
    count = counted(len(doors.store.infos()), "path")
    return f"{doors.store.directory}: {count}, {size(_disk_usage(doors))} on disk"


def _disk_usage(doors: Doors) -> int:
    """Return the bytes of all files in the store, an inode counted once."""
    seen: set[int] = set()
    total = 0
    for folder, _, names in os.walk(doors.store.directory):
        for name in names:
            found = os.lstat(f"{folder}/{name}")
            if found.st_ino not in seen:
                seen.add(found.st_ino)
                total += found.st_size
    return total


def _confinement() -> str:
    version = landlock_version()
    if version == 0:
        return "no Landlock in this kernel; archives are unpacked by rules alone"
    return f"archives are unpacked under Landlock {version}"


def _index(doors: Doors) -> str:
    with open_packages(doors, doors.default_input) as package_set:
        places = {snapshot.mirror for snapshot in package_set.snapshots}
        checked = package_set.checked_at.strftime("%Y-%m-%d %H:%M UTC")
    return f"{doors.default_input}, checked {checked}, from {', '.join(sorted(places))}"
