"""A project's lock on disk: read, written whole, and found in a conflict."""

from pathlib import Path

from devenv.errors import LockError
from devenv.formats.lock_conflict import has_conflict, split_conflict
from devenv.formats.lock_toml import LOCK_NAME, parse_lock, render_lock
from devenv.host.files import read_limited, write_whole
from devenv.model.lock import Lock

MAX_LOCK_BYTES = 32 << 20

_MODE = 0o644


def lock_path(directory: str | Path) -> Path:
    """Return where the lock of the project in `directory` is."""
    return Path(directory) / LOCK_NAME


def read_lock(path: Path) -> Lock | None:
    """Return a lock; None if there is none.

    Raises:
        LockError: it cannot be read, is wrong, or has a merge conflict.
    """
    text = _text(path)
    return None if text is None else parse_lock(text, file=str(path))


def read_lock_to_mend(path: Path) -> tuple[Lock | None, bool]:
    """Return a lock, and whether it was in conflict: then it is both sides' union.

    Such a union is there to start from, not to be used as it is.

    Raises:
        LockError: it cannot be read, or a side of it is wrong.
    """
    text = _text(path)
    if text is None:
        return None, False
    if not has_conflict(text):
        return parse_lock(text, file=str(path)), False
    sides = split_conflict(text)
    if sides is None:
        raise LockError(
            "the merge conflict in the lock is half resolved: its markers are not in"
            " order",
            where=str(path),
            hint="take one side whole (`git checkout --theirs devenv.lock.toml`), then"
            " run `devenv lock`",
        )
    from devenv.plan.lock_merge import merged_lock  # noqa: PLC0415 - rarely

    ours, theirs = (parse_lock(side, file=str(path)) for side in sides)
    return merged_lock(ours, theirs, _is_newer), True


def write_lock(path: Path, lock: Lock) -> bool:
    """Write a lock whole, if its text differs; tell whether it did.

    Raises:
        LockError: the folder cannot be written.
    """
    text = render_lock(lock)
    try:
        if _text(path) == text:
            return False
        # A link stays a link: what it leads to is written.
        write_whole(path.resolve(), text.encode(), mode=_MODE)
    except OSError as error:
        raise LockError(
            f"the lock cannot be written: {error.strerror}", where=str(path)
        ) from error
    return True


def _is_newer(version: str, other: str) -> bool:
    from devenv.formats.debian_version import satisfies  # noqa: PLC0415 - as above

    return satisfies(version, ">>", other)


def _text(path: Path) -> str | None:
    try:
        return read_limited(path, max_bytes=MAX_LOCK_BYTES).decode()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LockError(
            f"the lock cannot be read: {error.strerror}", where=str(path)
        ) from error
    except UnicodeDecodeError as error:
        raise LockError(
            "the lock is not UTF-8",
            where=str(path),
            hint="take it back from version control, or delete it and run"
            " `devenv lock`",
        ) from error
