"""Roots: small files that keep a closure alive.

Files, so that they survive the loss of the database. Each has a stamp beside
it whose modification time says when it was last used; a shell can touch it.
"""

import fcntl
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from devenv.errors import FormatError, StoreError
from devenv.formats.checked_json import parse_checked, render_checked
from devenv.host.files import (
    make_private_directory,
    names_in,
    read_limited,
    staged_file,
    write_whole,
)
from devenv.model.store_path import StorePath
from devenv.patterns import late_pattern
from devenv.values import dataclass

_FORMAT = 1
_MAX_ROOT_BYTES = 16 << 20
_NAME = late_pattern(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


class RootKind(StrEnum):
    """Why something is kept, and so for how long."""

    AD_HOC = "ad-hoc"
    PROJECT = "project"


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """What keeps `paths`. `label` tells people what it is for."""

    name: str
    kind: RootKind
    label: str
    paths: tuple[StorePath, ...]
    last_used: datetime


class Roots:
    """The roots in one state folder."""

    def __init__(self, state: Path) -> None:
        self._directory = state / "roots"

    def add(
        self,
        name: str,
        paths: Iterable[StorePath],
        *,
        kind: RootKind,
        label: str,
        now: datetime,
    ) -> None:
        """Keep `paths` from now on; an older root of this name is replaced.

        Call it while a session keeps them: so there is no moment at which
        nothing does.

        Raises:
            StoreError: the state folder is not ours.
            OSError: it cannot be written.
        """
        make_private_directory(self._directory)
        text = render_checked(
            {
                "format": _FORMAT,
                "kind": kind.value,
                "label": label,
                "paths": sorted(path.base for path in paths),
            }
        )
        with self._locked():
            # The stamp first: a root without one would look as old as can be.
            self._set_stamp(name, now)
            write_whole(self._file(name), text.encode("ascii"), mode=0o600)
            self._gone_mark(name).unlink(missing_ok=True)

    def has(self, name: str) -> bool:
        """Tell whether there is a root `name`."""
        return self._file(name).exists()

    def names(self) -> frozenset[str]:
        """Return the names of all roots; what they say is not looked at."""
        try:
            found = names_in(self._directory)
        except FileNotFoundError:
            return frozenset()
        return frozenset(
            name.removesuffix(".json")
            for name in found
            if name.endswith(".json") and not name.startswith(".")
        )

    def touch(self, name: str, *, now: datetime) -> None:
        """Note that the root `name` was used. One that is gone stays gone."""
        if self._file(name).exists():
            with suppress(FileNotFoundError):
                self._set_stamp(name, now)

    def stamp(self, name: str) -> Path:
        """Return the file whose modification time is the last use of `name`."""
        return self._directory / f"{_checked(name)}.used"

    def remove(self, name: str) -> None:
        """Keep no longer what the root `name` kept."""
        for file in (self._file(name), self.stamp(name), self._gone_mark(name)):
            file.unlink(missing_ok=True)

    def remove_unchanged(self, root: Root) -> bool:
        """Remove `root` unless it was added again or used since it was read.

        Returns:
            Whether it is gone.
        """
        with self._locked():
            if self._file(root.name).exists() and self._read(root.name) != root:
                return False
            self.remove(root.name)
        return True

    def note_gone(self, name: str, *, now: datetime) -> datetime:
        """Note that what a root was made for is not there; return since when."""
        mark = self._gone_mark(name)
        if not mark.exists():
            self._set_time(mark, now)
        return _modified(mark)

    def note_there(self, name: str) -> None:
        """Note that what a root was made for is there, perhaps again."""
        self._gone_mark(name).unlink(missing_ok=True)

    def gone_since(self, name: str) -> datetime | None:
        """Return since when what a root was made for is known to be gone."""
        with suppress(FileNotFoundError):
            return _modified(self._gone_mark(name))
        return None

    def all(self) -> tuple[Root, ...]:
        """Return all roots, by name.

        Raises:
            StoreError: one cannot be understood. To pass over it could remove
                what it keeps.
        """
        found = []
        for name in sorted(self.names()):
            # One that was removed since we looked keeps nothing.
            with suppress(FileNotFoundError):
                found.append(self._read(name))
        return tuple(found)

    def _file(self, name: str) -> Path:
        return self._directory / f"{_checked(name)}.json"

    def _gone_mark(self, name: str) -> Path:
        return self._directory / f"{_checked(name)}.gone"

    def _set_stamp(self, name: str, now: datetime) -> None:
        self._set_time(self.stamp(name), now)

    def _set_time(self, mark: Path, now: datetime) -> None:
        if not mark.exists():
            with staged_file(mark, mode=0o600, is_durable=False):
                pass
        os.utime(mark, (now.timestamp(), now.timestamp()))

    @contextmanager
    def _locked(self) -> Generator[None]:
        """Keep others from adding and dropping roots, as far as they ask.

        Adding must not meet a collection that has just found the root too old.
        """
        descriptor = os.open(self._directory, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _read(self, name: str) -> Root:
        file = self._file(name)
        try:
            content = read_limited(file, max_bytes=_MAX_ROOT_BYTES)
            fields = parse_checked(content.decode("ascii", "replace"))
            _check_format(fields["format"])
            return Root(
                name=name,
                kind=RootKind(fields["kind"]),
                label=str(fields["label"]),
                paths=tuple(StorePath(str(base)) for base in fields["paths"]),
                last_used=self._last_used(name),
            )
        except (ValueError, KeyError, TypeError, FormatError) as error:
            raise StoreError(
                "this root cannot be understood, so nothing can be collected",
                where=str(file),
                hint="remove the file if what it kept may go",
            ) from error

    def _last_used(self, name: str) -> datetime:
        for file in (self.stamp(name), self._file(name)):
            with suppress(FileNotFoundError):
                return _modified(file)
        return datetime.fromtimestamp(0, UTC)


def _modified(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _check_format(found: object) -> None:
    if found != _FORMAT:
        raise FormatError("a newer devenv wrote it")


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot be the name of a root")
    return name
