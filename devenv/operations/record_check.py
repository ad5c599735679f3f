"""Whether a project's record holds, by the content of every file it was made from.

For the way into devenv that must be quick: no classes, no paths but texts, and few
imports (tests/unit/test_main_module.py has the list).
"""

import os
import stat

from devenv import hashes, plain_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeGuard

RECORD = "record"
LEAF = ":e"
HEAD = "# devenv-record "
TAIL = "\n_devenv_is_complete=1\n}\n"

RESTING_SECONDS = 3
"""More than the two that the coarsest file system (FAT) counts by."""

NEVER_NS = 0
"""The time of a stamp that no file has."""


def folder_of(state_directory: str, project: str) -> str:
    """Return the folder of a project's record; `project` is absolute, physical."""
    return f"{state_directory}/exec/{project.strip('/')}".rstrip("/") + f"/{LEAF}"


def read_head(file: str) -> "dict[str, object] | None":
    """Return the head of a record; None if the record is not there or not whole."""
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_CLOEXEC), "rb") as opened:
            text = opened.read().decode("utf-8", "surrogateescape")
    except OSError:
        return None
    head, _, rest = text.partition("\n")
    if not (head.startswith(HEAD) and rest.endswith(TAIL)):
        return None
    try:
        found = plain_json.loads(head.removeprefix(HEAD))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def holds(
    folder: str,
    head: "Mapping[str, object]",
    *,
    env: "Mapping[str, str]",
    store_directory: str,
    now_seconds: float,
) -> bool:
    """Tell whether a record of `folder` is what would be made now; stamp its files.

    Files that have rested get their time, so that the launcher needs no Python the
    next time.

    Raises:
        KeyError, TypeError, ValueError: the head is none that devenv wrote.
    """
    environment, outer, files = head["environment"], head["outer"], head["files"]
    if not (_is_table(environment) and _is_table(outer) and isinstance(files, list)):
        raise TypeError(head)
    trees = environment["trees"]
    if head["store_directory"] != store_directory or not isinstance(trees, list):
        return False
    if any(env.get(name) != value for name, value in outer.items()):
        return False
    if not all(map(os.path.isdir, trees)):
        return False
    seen = [look(path, now_seconds=now_seconds) for path, _ in files]
    if any(new[0] != old for new, (_, old) in zip(seen, files, strict=True)):
        return False
    for number, (_, mtime_ns) in enumerate(seen):
        try:
            stamp(f"{folder}/{head['token']}.{number}", mtime_ns)
        except OSError:
            break  # it only would have saved time
    return True


def look(path: str, *, now_seconds: float) -> tuple[str | None, int]:
    """Return a file's SHA-256 (hex), and its time if it has rested.

    The digest is None where there is no file; one that cannot be read, or is no
    regular file, has an empty one, which is that of nothing.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return None, NEVER_NS
    except OSError:
        return "", NEVER_NS
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return "", NEVER_NS
        digest = hashes.sha256(file.read()).hexdigest()
    return digest, resting(found.st_mtime_ns, now_seconds=now_seconds)


def resting(mtime_ns: int, *, now_seconds: float) -> int:
    """Return the time of a file that had rested by `now_seconds`, else one nobody has.

    A time in the future never rests.
    """
    age_ns = int(now_seconds * 1e9) - mtime_ns
    return mtime_ns if age_ns > RESTING_SECONDS * 1_000_000_000 else NEVER_NS


def stamp(place: str, mtime_ns: int, *, folder: "int | None" = None) -> None:
    """Give a stamp its time; it is made if it is not there.

    `place` counts from `folder`, an open one, if that is given.

    Raises:
        OSError: it cannot be written.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(place, flags, 0o600, dir_fd=folder)
    try:
        os.utime(descriptor, ns=(mtime_ns, mtime_ns))
    finally:
        os.close(descriptor)


def _is_table(value: object) -> "TypeGuard[dict[str, object]]":
    return isinstance(value, dict)
