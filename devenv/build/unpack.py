"""Unpacking .debs, several at once, each in a confined process of its own."""

import json
import os
import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore, Lock
from types import TracebackType
from typing import Self

from devenv.build import unpack_worker
from devenv.build.facts_listing import Contents, contents_of
from devenv.build.unpack_rules import UnpackLimits
from devenv.build.unpack_worker import ERRORS, REFUSED, UNPACKED
from devenv.errors import StoreError, UnsafeArchiveError
from devenv.formats.facts_json import decode
from devenv.host.zygote import Answer, Zygote
from devenv.model.facts import PackageFacts
from devenv.values import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """One .deb after unpacking.

    `contents` sums up what `devenv.host.listing.read_listing` would find.
    `landlock_version` is that of the kernel's interface, 0 if there was none.
    """

    facts: PackageFacts
    contents: Contents
    landlock_version: int


class UnpackPool:
    """Unpacks .debs, several at once; a context manager.

    Args:
        processors: how many there are to be kept busy. One .deb more is unpacked at
            once: while a child ends and the next is forked, another one works.
        worker: the module that does it, in a process of its own.

    `unpack` blocks and may be called from any thread. Leaving the context, or
    `close`, kills what is still being unpacked: those calls raise StoreError. So
    the pool is to be closed before threads that use it are waited for.
    """

    def __init__(
        self, processors: int, *, worker: str = unpack_worker.__name__
    ) -> None:
        self._processors = processors
        self._slots = BoundedSemaphore(processors + 1)
        self._guard = Lock()
        self._asked = 0
        self._zygote = Zygote(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the process that forks the others; the first `unpack` does else.

        Raises:
            StoreError: the pool was closed.
        """
        self._zygote.start()

    def close(self) -> None:
        """Kill what is running; may be called more than once, from any thread."""
        self._zygote.close()

    def unpack(
        self, deb: Path, target: Path, limits: UnpackLimits, *, name: str, version: str
    ) -> Unpacked:
        """Unpack one .deb into `target`, an empty folder nobody else writes to.

        Everything below `target` ends up read-only, `target` itself stays as it
        is. After an error it holds a part, which the caller throws away. Nothing
        is flushed to disk.

        Raises:
            FormatError: the file is no .deb, or a damaged one.
            UnsafeArchiveError: it breaks a rule of the safe unpacker, or took
                more than `limits` allow.
            StoreError: it could not be written (the OSError is its cause), or the
                pool was closed.
        """
        with self._slots, self._counted() as count:
            request = {
                "name": name,
                "version": version,
                "limits": asdict(limits),
                # A second thread for one .deb is worth it if a processor is idle.
                "reads_ahead": 2 * count <= self._processors,
            }
            answer = self._ask(json.dumps(request).encode(), deb, target, limits)
        _check_ended_well(answer, deb)
        landlock_version, facts = answer.content[1], answer.content[2:]
        return _unpacked(facts, landlock_version)

    @contextmanager
    def _counted(self) -> Generator[int]:
        """Yield how many are unpacked now, this one included."""
        with self._guard:
            self._asked += 1
            count = self._asked
        try:
            yield count
        finally:
            with self._guard:
                self._asked -= 1

    def _ask(
        self, request: bytes, deb: Path, target: Path, limits: UnpackLimits
    ) -> Answer:
        try:
            with (
                _opened(deb, os.O_RDONLY) as archive,
                _opened(target, os.O_RDONLY | os.O_DIRECTORY) as folder,
            ):
                _check_is_empty(folder, target)
                return self._zygote.ask(request, [archive, folder], limits.seconds)
        except OSError as error:
            raise StoreError(
                f"a package cannot be unpacked: {error.strerror}", where=error.filename
            ) from error


def _unpacked(encoded: bytes, landlock_version: int) -> Unpacked:
    facts = decode(encoded)
    return Unpacked(
        facts=facts,
        contents=contents_of(facts, encoded),
        landlock_version=landlock_version,
    )


def _check_ended_well(answer: Answer, deb: Path) -> None:
    """Raise what went wrong, naming the .deb."""
    where = str(deb)
    if answer.is_overdue:
        raise UnsafeArchiveError("the archive took too long to unpack", where=where)
    if answer.status < 0:
        cause = signal.Signals(-answer.status).name
        raise UnsafeArchiveError(
            f"the unpacker was killed by {cause} while it read an archive", where=where
        )
    kind, text = answer.content[:1], answer.content[1:]
    if answer.status != 0 or kind not in (UNPACKED, REFUSED):
        raise UnsafeArchiveError("the unpacker broke down on an archive", where=where)
    if kind == REFUSED:
        fields = json.loads(text)
        entry = fields["where"]
        what = fields["what"] if entry is None else f"{fields['what']}: {entry}"
        number = fields["errno"]
        origin = OSError(number, os.strerror(number)) if number else None
        raise ERRORS[fields["code"]](what, where=where) from origin


def _check_is_empty(folder: int, target: Path) -> None:
    if os.listdir(folder):
        raise StoreError("the folder to unpack into is not empty", where=str(target))


@contextmanager
def _opened(path: Path, flags: int) -> Generator[int]:
    descriptor = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
