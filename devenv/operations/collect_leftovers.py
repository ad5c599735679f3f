"""Files of the state folder that serve nobody any more.

Start files that no record names, records of projects whose trees are gone, the
generations of projects that have no root, and old logs. All of them only save time or
tell of what was, so to remove one too many costs a moment and nothing else.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from devenv.host.files import names_in, random_name, read_limited, remove_tree
from devenv.host.running import names_in_use
from devenv.operations.doors import Doors
from devenv.operations.record_check import LEAF, RECORD, read_head

LEFTOVER_GRACE = timedelta(days=1)
"""Nothing younger is removed: its record may be about to be written."""

LOG_LIFETIME = timedelta(days=30)

_MAX_RECORD_BYTES = 16 << 20
_START_FILES = re.compile(rb"/shells/([0-9a-f]{32})")


def find_leftovers(doors: Doors) -> dict[str, list[Path]]:
    """Return what serves nobody, by what it is: files, and folders to be removed whole.

    Raises:
        OSError: the state folder cannot be read.
    """
    state = doors.directories.state
    found = {
        "start files": _start_files(state),
        "project records": _dead_records(state / "exec"),
        "generations": _rootless_generations(doors, state),
    }
    rested = {
        kind: [path for path in paths if _age(doors, path) > LEFTOVER_GRACE]
        for kind, paths in found.items()
    }
    rested["logs"] = [
        path for path in _files(state / "logs") if _age(doors, path) > LOG_LIFETIME
    ]
    return rested


def remove_leftovers(paths: Iterable[Path]) -> int:
    """Remove files and folders; return the disk's bytes that are free again.

    What cannot be removed stays for the next time.
    """
    freed = 0
    for path in paths:
        # Out of the way first: what is half gone must not be read.
        aside = path.with_name(random_name(".gone-"))
        with suppress(OSError):
            path.rename(aside)
            parent = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                freed += remove_tree(parent, aside.name)
            finally:
                os.close(parent)
            if path.name == LEAF:
                _remove_empty_parents(path.parent)
    return freed


def _start_files(state: Path) -> list[Path]:
    """Return the folders of start files that no record and no program names."""
    try:
        names = names_in(state / "shells")
    except FileNotFoundError:
        return []
    needed = set(names_in_use(state / "shells"))
    # Whatever a hook is to source may name them, not records alone.
    for folder in names_in(state):
        if folder not in {"shells", "roots", "generations"}:
            for file in _files(state / folder):
                needed |= _named_in(file)
    return [state / "shells" / name for name in names if name not in needed]


def _named_in(file: Path) -> set[str]:
    with suppress(OSError):
        content = read_limited(file, max_bytes=_MAX_RECORD_BYTES)
        return {name.decode("ascii") for name in _START_FILES.findall(content)}
    return set()


def _dead_records(folder: Path) -> list[Path]:
    """Return the folders of records whose trees are gone, or that are none."""
    dead = []
    for file in _files(folder):
        if file.name == RECORD and file.parent.name == LEAF:
            head = read_head(str(file))
            environment = head.get("environment") if head else None
            trees = environment.get("trees") if isinstance(environment, dict) else None
            if not isinstance(trees, list) or not all(map(os.path.isdir, trees)):
                dead.append(file.parent)
    return dead


def _rootless_generations(doors: Doors, state: Path) -> list[Path]:
    """Return the folders of generations of which no root is left."""
    with suppress(FileNotFoundError):
        roots = [root.name for root in doors.store.roots()]
        return [
            state / "generations" / digest
            for digest in names_in(state / "generations")
            if not any(name.startswith(f"project-{digest}") for name in roots)
        ]
    return []


def _remove_empty_parents(folder: Path) -> None:
    with suppress(OSError):
        while folder.name != "exec":
            folder.rmdir()
            folder = folder.parent


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_file():
        yield folder
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in sorted(names))


def _age(doors: Doors, path: Path) -> timedelta:
    return timedelta(seconds=doors.clock.now().timestamp() - path.lstat().st_mtime)
