"""A project's generations on disk: a record, its lock's text and a root for each.

Below the state folder, one folder a project, named as its roots are:

    generations/DIGEST/NUMBER.json       the record, which makes the generation exist
    generations/DIGEST/NUMBER.lock.toml  the lock, byte by byte
    generations/DIGEST/current.json      which one is current, and the last number
    generations/DIGEST/replaced.lock.toml  a lock that a rollback put aside
    roots/project-DIGEST-NUMBER.json     what keeps it alive

A generation whose root is gone is gone: a collection only has to drop roots.
"""

import fcntl
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from devenv import hashes
from devenv.errors import FormatError, StoreError
from devenv.formats.generation_json import (
    Counter,
    parse_counter,
    parse_generation,
    render_counter,
    render_generation,
)
from devenv.host.files import (
    make_private_directory,
    names_in,
    read_limited,
    write_whole,
)
from devenv.model.generation import Generation
from devenv.model.store_path import StorePath
from devenv.store.roots import RootKind, Roots
from devenv.values import replace

_COUNTER = "current.json"
_RECORD = ".json"
_LOCK = ".lock.toml"
_REPLACED = "replaced.lock.toml"
_MAX_RECORD_BYTES = 1 << 20
_MAX_LOCK_BYTES = 32 << 20
_PREFIX = "project-"


class Generations:
    """The generations of one project, in one state folder."""

    def __init__(self, state: Path, project: str) -> None:
        self._project = project
        self._roots = Roots(state)
        self._digest = project_digest(project)
        self._directory = state / "generations" / self._digest

    def all(self) -> tuple[Generation, ...]:
        """Return the generations that are there, by number.

        One whose record is damaged, or of a newer devenv, is passed over: its root
        keeps it nevertheless.
        """
        found = (self._read(number) for number in sorted(self._numbers()))
        return tuple(
            generation
            for generation in found
            if generation and self._has_root(generation.number)
        )

    def current(self) -> int | None:
        """Return the number of the generation that was entered last."""
        counter = self._counter()
        if counter.current and self._has_root(counter.current):
            return counter.current
        return None

    def find(self, number: int) -> Generation:
        """Return the generation of this number.

        Raises:
            StoreError: there is none, or no longer.
        """
        found = self._read(number)
        if found is None or not self._has_root(number):
            known = ", ".join(str(one.number) for one in self.all()) or "none yet"
            raise StoreError(
                f"the project has no generation {number}",
                where=self._project,
                hint=f"it has {known}: see `devenv generations`",
            )
        return found

    def lock_text(self, generation: Generation) -> str:
        """Return the lock of a generation, as it was.

        Raises:
            StoreError: it is gone or damaged.
        """
        file = self._file(generation.number, _LOCK)
        try:
            text = read_limited(file, max_bytes=_MAX_LOCK_BYTES)
        except (OSError, FormatError) as error:
            raise _damaged(file) from error
        if hashes.sha256(text).hexdigest() != generation.lock_sha256:
            raise _damaged(file)
        return text.decode()

    def remember(
        self, made: Generation, lock_text: str, *, kept: Iterable[StorePath]
    ) -> Generation:
        """Make an environment the current generation; return it with its number.

        The same environment again is the generation that it was. Call it while a
        session keeps the paths: so there is no moment at which nothing does.

        Args:
            made: the environment; its number does not count.
            lock_text: the lock as it is written.
            kept: everything that must stay for it, its trees among them.

        Raises:
            StoreError: the state folder is not ours.
            OSError: it cannot be written.
        """
        paths = tuple(kept)
        make_private_directory(self._directory)
        with self._locked():
            counter = self._counter()
            known = self._same(made, counter.current, len(lock_text.encode()))
            generation = known or replace(made, number=counter.last + 1)
            self._keep(generation, paths, now=made.made_at)
            if known is None:
                self._write(generation, lock_text)
            wanted = Counter(
                current=generation.number, last=max(counter.last, generation.number)
            )
            if wanted != counter:
                self._write_counter(wanted)
            self._forget_dropped()
        # Before there were numbers, a project had one root.
        self._roots.remove(f"{_PREFIX}{self._digest}")
        return generation

    def make_current(self, number: int, *, now: datetime) -> None:
        """Note that the project goes on from this generation.

        Raises:
            StoreError: it is gone.
            OSError: it cannot be written.
        """
        with self._locked():
            # First: a collection that began by then may drop it for its age.
            self._roots.touch(root_name(self._digest, number), now=now)
            self.find(number)
            self._write_counter(replace(self._counter(), current=number))

    def put_aside(self, lock_text: bytes) -> Path:
        """Keep a lock that belongs to no generation; return where.

        Only the last one is kept.
        """
        file = self._directory / _REPLACED
        write_whole(file, lock_text, mode=0o600)
        return file

    def knows_lock(self, lock_text: bytes) -> bool:
        """Tell whether a lock is that of some generation."""
        digest = hashes.sha256(lock_text).hexdigest()
        return any(one.lock_sha256 == digest for one in self.all())

    def _keep(
        self, generation: Generation, paths: tuple[StorePath, ...], *, now: datetime
    ) -> None:
        self._roots.add(
            root_name(self._digest, generation.number),
            paths,
            kind=RootKind.PROJECT,
            label=self._project,
            now=now,
        )

    def _same(
        self, made: Generation, current: int, lock_bytes: int
    ) -> Generation | None:
        """Return the generation that is this environment: the current one first."""
        found = self._read(current) if current else None
        if found and found.is_same_environment(made) and self._has_root(current):
            return found
        for number in sorted(self._numbers(), reverse=True):
            # Of hundreds few have a lock that is as long.
            found = self._read(number) if self._size(number) == lock_bytes else None
            if found and found.is_same_environment(made) and self._has_root(number):
                return found
        return None

    def _size(self, number: int) -> int:
        """Return the bytes of a generation's lock, -1 without one."""
        with suppress(FileNotFoundError):
            return os.stat(f"{self._directory}/{number}{_LOCK}").st_size  # noqa: PTH116
        return -1

    def _write(self, generation: Generation, lock_text: str) -> None:
        lock = self._file(generation.number, _LOCK)
        write_whole(lock, lock_text.encode(), mode=0o600)
        # Last: from here on it is there.
        record = self._file(generation.number, _RECORD)
        write_whole(record, render_generation(generation).encode("ascii"), mode=0o600)

    def _forget_dropped(self) -> None:
        """Remove what is left of generations whose roots a collection dropped."""
        roots = self._roots.names()
        for number in self._numbers():
            if root_name(self._digest, number) not in roots:
                self._file(number, _RECORD).unlink(missing_ok=True)
                self._file(number, _LOCK).unlink(missing_ok=True)

    def _numbers(self) -> set[int]:
        with suppress(FileNotFoundError):
            stems = (name.partition(".")[0] for name in names_in(self._directory))
            return {int(stem) for stem in stems if stem.isdecimal() and stem.isascii()}
        return set()

    def _read(self, number: int) -> Generation | None:
        with suppress(OSError, FormatError):
            file = self._file(number, _RECORD)
            text = read_limited(file, max_bytes=_MAX_RECORD_BYTES)
            found = parse_generation(text.decode("ascii", "replace"))
            return found if found.number == number else None
        return None

    def _counter(self) -> Counter:
        with suppress(OSError, FormatError):
            file = self._directory / _COUNTER
            text = read_limited(file, max_bytes=_MAX_RECORD_BYTES)
            return parse_counter(text.decode("ascii", "replace"))
        # Lost or damaged: no number that stands on a file is given again.
        return Counter(current=0, last=max(self._numbers(), default=0))

    def _write_counter(self, counter: Counter) -> None:
        content = render_counter(counter).encode("ascii")
        write_whole(self._directory / _COUNTER, content, mode=0o600)

    def _has_root(self, number: int) -> bool:
        return self._roots.has(root_name(self._digest, number))

    def _file(self, number: int, suffix: str) -> Path:
        return self._directory / f"{number}{suffix}"

    @contextmanager
    def _locked(self) -> Generator[None]:
        """Let one process at a time give numbers."""
        descriptor = os.open(self._directory, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def project_digest(project: str) -> str:
    """Return what stands for a project's folder in names."""
    digest = hashes.sha256(project.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:32]


def root_name(digest: str, number: int) -> str:
    """Return the name of the root that keeps a generation alive."""
    return f"{_PREFIX}{digest}-{number}"


def current_roots(state: Path) -> frozenset[str]:
    """Return the roots of the generations that are current, of all projects.

    Neither age nor number is a reason to drop one of these.
    """
    folder = state / "generations"
    found = set()
    with suppress(FileNotFoundError):
        for digest in names_in(folder):
            with suppress(OSError, FormatError):
                text = read_limited(
                    folder / digest / _COUNTER, max_bytes=_MAX_RECORD_BYTES
                )
                counter = parse_counter(text.decode("ascii", "replace"))
                found.add(root_name(digest, counter.current))
    return frozenset(found)


def _damaged(file: Path) -> StoreError:
    return StoreError(
        "the lock of this generation is gone or damaged",
        where=str(file),
        hint="choose another one: see `devenv generations`",
    )
