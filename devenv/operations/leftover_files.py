"""Files beside the store that serve nobody any more, and what they take.

Start files that no record names, records of projects whose trees are gone, the
generations of projects that have no root, old logs, and old files of the cache. All
of them only save time or tell of what was, so to remove one too many costs a moment
and nothing else.

Texts only, and few imports: `devenv gc --dry-run` is a quick command.
"""

import os
import stat

from devenv.host.names_in_use import names_behind, names_in_use

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

DAY_SECONDS = 24 * 60 * 60

LEFTOVER_GRACE_SECONDS = DAY_SECONDS
"""Nothing younger is removed: its record may be about to be written."""

LOG_LIFETIME_SECONDS = 30 * DAY_SECONDS

CACHE_LIFETIMES = {
    # Unpacked already; kept for a store that is deleted and made again.
    "downloads": 30 * DAY_SECONDS,
    # A Release brings a new one; the old one serves nobody but --offline users
    # of another input, who touch it.
    "indexes": 14 * DAY_SECONDS,
    # A search makes a new record each day.
    "search": 14 * DAY_SECONDS,
}

_MAX_RECORD_BYTES = 16 << 20
_BLOCK_BYTES = 512
_START_NAME_LENGTH = 32


def find_leftovers(
    state: str, root_names: "Collection[str]", *, now_seconds: float
) -> dict[str, list[str]]:
    """Return what of the state folder serves nobody, by what it is.

    Files, and folders that are to be removed whole; kinds without any are left out.

    Args:
        state: the folder.
        root_names: of all roots.
        now_seconds: the time now.

    Raises:
        OSError: the folder cannot be read.
    """

    def rested(paths: "Iterable[str]", seconds: float) -> list[str]:
        return [path for path in paths if now_seconds - _changed(path) > seconds]

    found = {
        "generations": rested(
            _rootless_generations(f"{state}/generations", root_names),
            LEFTOVER_GRACE_SECONDS,
        ),
        "logs": rested(_files(f"{state}/logs"), LOG_LIFETIME_SECONDS),
        "project records": _dead_records(
            rested(_records(f"{state}/exec"), LEFTOVER_GRACE_SECONDS)
        ),
        "start files": _unnamed(
            state, rested(_entries(f"{state}/shells"), LEFTOVER_GRACE_SECONDS)
        ),
    }
    return {kind: paths for kind, paths in found.items() if paths}


def stale_cache_files(cache: str, *, now_seconds: float) -> dict[str, list[str]]:
    """Return the files of the cache that nobody used for too long, by their folder.

    Raises:
        OSError: the cache cannot be read.
    """
    found: dict[str, list[str]] = {}
    for folder, lifetime in CACHE_LIFETIMES.items():
        for path in _files(f"{cache}/{folder}"):
            status = os.stat(path)  # noqa: PTH116
            is_stale = now_seconds - status.st_mtime > lifetime
            if is_stale and stat.S_ISREG(status.st_mode):
                found.setdefault(folder, []).append(path)
    return found


def whole_bytes(path: str) -> int:
    """Return the disk's bytes that go with a file or a folder.

    Files that have other names give nothing back.
    """
    blocks = 0
    waiting = [path]
    for place in waiting:
        found = os.lstat(place)
        if stat.S_ISDIR(found.st_mode):
            waiting += _entries(place)
        if stat.S_ISDIR(found.st_mode) or found.st_nlink == 1:
            blocks += found.st_blocks
    return blocks * _BLOCK_BYTES


def _unnamed(state: str, folders: list[str]) -> list[str]:
    """Return those folders of start files that no record and no program names."""
    if not folders:
        return []
    needed = set(names_in_use(f"{state}/shells"))
    # Whatever a hook is to source may name them, not records alone.
    for folder in _entries(state):
        if os.path.basename(folder) not in {"shells", "roots", "generations"}:  # noqa: PTH119
            for file in _files(folder):
                needed.update(_start_files_named_in(file))
    return [path for path in folders if os.path.basename(path) not in needed]  # noqa: PTH119


def _start_files_named_in(file: str) -> "Iterator[str]":
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return
    with os.fdopen(descriptor, "rb") as opened:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return
        content = opened.read(_MAX_RECORD_BYTES)
    for name in names_behind(b"/shells/", content):
        # What follows a name may be more than a slash: the text of a script.
        yield name[:_START_NAME_LENGTH]


def _records(folder: str) -> "Iterator[str]":
    if not os.path.isdir(folder):  # noqa: PTH112
        return
    from devenv.operations.record_check import LEAF, RECORD  # noqa: PLC0415 - 11 ms

    for file in _files(folder):
        if file.endswith(f"/{LEAF}/{RECORD}"):
            yield os.path.dirname(file)  # noqa: PTH120


def _dead_records(folders: list[str]) -> list[str]:
    """Return the folders of records whose trees are gone, or that are none."""
    return [folder for folder in folders if not _has_trees(folder)]


def _has_trees(folder: str) -> bool:
    from devenv.operations.record_check import RECORD, read_head  # noqa: PLC0415

    head = read_head(f"{folder}/{RECORD}")
    environment = head.get("environment") if head else None
    trees = environment.get("trees") if isinstance(environment, dict) else None
    return isinstance(trees, list) and all(map(os.path.isdir, trees))


def _rootless_generations(
    folder: str, root_names: "Collection[str]"
) -> "Iterator[str]":
    """Yield the folders of generations of which no root is left."""
    rooted = {name.rpartition("-")[0] for name in root_names} | {*root_names}
    for path in _entries(folder):
        if f"project-{os.path.basename(path)}" not in rooted:  # noqa: PTH119
            yield path


def _entries(folder: str) -> list[str]:
    """Return the places of what is in a folder, in order; none without a folder."""
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208
    except FileNotFoundError:
        return []
    return [f"{folder}/{name}" for name in names]


def _files(folder: str) -> "Iterator[str]":
    """Yield a file, or every file below a folder, in order."""
    if os.path.isfile(folder):  # noqa: PTH113
        yield folder
    for place, _, names in os.walk(folder):
        for name in sorted(names):
            yield f"{place}/{name}"


def _changed(path: str) -> float:
    return os.lstat(path).st_mtime
