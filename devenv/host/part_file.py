"""A download in the making: it lies beside its target until it is whole."""

import fcntl
import hashlib
import json
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

RESUME_WORTH_BYTES = 1 << 20
"""A smaller part is not worth a file that remembers where it came from."""

_CHUNK_BYTES = 1 << 20
_MAX_NOTE_BYTES = 1 << 16


class PartFile:
    """The bytes of `target` that are there so far, hashed as they come.

    Only one process or thread at a time has it open; see `open_part`.
    """

    def __init__(self, target: Path, file: BinaryIO) -> None:
        self._target = target
        self._file = file
        self._note = target.with_name(f"{target.name}.part.json")
        self._digest = hashlib.sha256()
        self._source: tuple[str, str] | None = None
        self.size = 0
        self._recall()

    @property
    def sha256(self) -> str:
        """The hash of the bytes so far, in lowercase hex."""
        return self._digest.hexdigest()

    def validator_of(self, url: str) -> str | None:
        """Return the `If-Range` with which `url` may be resumed, if it may."""
        if self.size and self._source is not None and self._source[0] == url:
            return self._source[1]
        return None

    def begin(self, url: str, validator: str | None, *, expected_size: int) -> None:
        """Start from nothing, with what `url` is about to send."""
        self.restart()
        if validator is None:
            return
        self._source = (url, validator)
        if expected_size >= RESUME_WORTH_BYTES:
            note = {"url": url, "validator": validator}
            self._note.write_text(json.dumps(note), encoding="utf-8")

    def restart(self) -> None:
        """Forget all bytes and where they came from."""
        self._source = None
        self._note.unlink(missing_ok=True)
        self._file.seek(0)
        self._file.truncate()
        self._digest = hashlib.sha256()
        self.size = 0

    def append(self, chunk: bytes) -> None:
        """Add bytes at the end."""
        self._file.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    def finish(self) -> None:
        """Become `target`, in place of what was there."""
        # Not flushed to the disk: whoever finds the file later hashes it again.
        self._file.flush()
        self._path.rename(self._target)
        self._note.unlink(missing_ok=True)

    def leave(self) -> None:
        """Keep the bytes for the next call, unless there are none."""
        if self.size:
            self._file.flush()
            return
        with suppress(OSError):
            self._note.unlink(missing_ok=True)
            self._path.unlink(missing_ok=True)

    @property
    def _path(self) -> Path:
        return part_path(self._target)

    def _recall(self) -> None:
        """Take up what an earlier process left, if it says where it came from."""
        self._source = _read_note(self._note)
        if self._source is None:
            self.restart()
            return
        while chunk := self._file.read(_CHUNK_BYTES):
            self._digest.update(chunk)
            self.size += len(chunk)


def part_path(target: Path) -> Path:
    """Return where the bytes of `target` lie until they are whole."""
    return target.with_name(f"{target.name}.part")


@contextmanager
def open_part(target: Path) -> Generator[PartFile]:
    """Open the part of `target` once nobody else has it open.

    Who had to wait should look whether `target` has come into being. If the
    body does not `finish` it, the bytes stay for another time.

    Raises:
        OSError: it cannot be made or written.
    """
    with _locked(part_path(target)) as file:
        part = PartFile(target, file)
        is_ours = True
        try:
            yield part
            is_ours = _is_at(file, part_path(target))
        finally:
            if is_ours:
                part.leave()


@contextmanager
def _locked(path: Path) -> Generator[BinaryIO]:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        with os.fdopen(descriptor, "r+b") as file:
            # On the file itself, not on a lock file beside it: nothing is left
            # behind. The price is that it may have been renamed while we waited.
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_at(file, path):
                yield file
                return


def _is_at(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _read_note(path: Path) -> tuple[str, str] | None:
    try:
        if path.stat().st_size > _MAX_NOTE_BYTES:
            return None
        note = json.loads(path.read_text("utf-8"))
        url, validator = note["url"], note["validator"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    is_text = isinstance(url, str) and isinstance(validator, str)
    return (url, validator) if is_text else None
