"""Leases: what a running process needs stays, until it ends.

A lease is a file held with flock(2) by a living process, and rows that name
what it protects. Alive means "cannot be locked": the kernel frees the lock when
the process dies, however it dies, and no process number is trusted. The file
repeats the rows, so that a rebuilt database gets them back, and says who holds
it, which is advice for people only.
"""

import fcntl
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from devenv import plain_json
from devenv.host.files import names_in, random_name, read_limited
from devenv.store.database import Database
from devenv.store.layout import Layout
from devenv.store.schema import drop_leases
from devenv.values import dataclass

_MAX_LEASE_BYTES = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a lease or a lock; for messages, never for decisions."""

    pid: int
    command: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseNote:
    """What a lease file says: who, what it keeps, what it is making."""

    holder: Holder | None
    kept: frozenset[str]
    making: frozenset[str]


class Lease:
    """A lease of this process, from `take` until `release`."""

    def __init__(self, file: Path, descriptor: int) -> None:
        self.token = file.name
        self._file = file
        self._descriptor = descriptor

    @classmethod
    def take(cls, layout: Layout, holder: Holder) -> "Lease":
        """Return a new lease.

        Raises:
            OSError: the file cannot be made or locked.
        """
        while True:
            file = layout.leases / random_name("")
            descriptor = os.open(
                file,
                os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC,
                0o600,
            )
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                # The collector may have met the file before it was locked,
                # and removed it as a dead one's.
                if _is_still(file, descriptor):
                    lease = cls(file, descriptor)
                    lease._append(_holder_fields(holder))
                    return lease
            except BaseException:
                file.unlink(missing_ok=True)
                os.close(descriptor)
                raise
            os.close(descriptor)

    def note_kept(self, bases: Iterable[str]) -> None:
        """Write down what is protected from now on, besides what was before."""
        self._append({"kept": sorted(bases)})

    def note_making(self, bases: Iterable[str]) -> None:
        """Tell others what is being made; that it cannot be written is no matter."""
        with suppress(OSError):
            self._append({"making": sorted(bases)})

    def release(self) -> None:
        """End the lease. What it protected may go."""
        self._file.unlink(missing_ok=True)
        os.close(self._descriptor)

    def _append(self, fields: dict[str, object]) -> None:
        line = memoryview(plain_json.dumps(fields).encode("ascii") + b"\n")
        while line:
            line = line[os.write(self._descriptor, line) :]


def read_lease(file: Path) -> LeaseNote:
    """Return what a lease file says, as far as it can be understood."""
    fields: dict[str, object] = {}
    kept: set[str] = set()
    with suppress(OSError):
        for line in read_limited(file, max_bytes=_MAX_LEASE_BYTES).splitlines():
            # Others write while we read: the last line may be a part.
            with suppress(ValueError):
                some = plain_json.loads(line)
                kept.update(some.get("kept", ()))
                fields.update(some)
    making = fields.get("making")
    return LeaseNote(
        holder=_find_holder(fields),
        kept=frozenset(kept),
        making=frozenset(making if isinstance(making, list) else ()),
    )


def living_leases(layout: Layout) -> tuple[Path, ...]:
    """Return the lease files that a living process holds, this one's included."""
    return tuple(file for file in _files(layout) if _is_living(file))


def is_token_living(layout: Layout, token: str) -> bool:
    """Return whether a living process holds the lease `token`."""
    return _is_living(layout.leases / token)


def reap_dead_leases(layout: Layout, database: Database) -> None:
    """Drop the leases, file and rows, of processes that are gone."""
    for file in _files(layout):
        with suppress(FileNotFoundError, BlockingIOError), _locked(file):
            token = file.name
            database.write(partial(drop_leases, token=token), is_durable=False)
            file.unlink(missing_ok=True)


def _files(layout: Layout) -> list[Path]:
    return [layout.leases / name for name in names_in(layout.leases)]


def _is_living(file: Path) -> bool:
    try:
        with _locked(file):
            return False
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True


@contextmanager
def _locked(file: Path) -> Generator[None]:
    """Hold the lock of a dead process's lease; BlockingIOError if it lives."""
    descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _is_still(file: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(file.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _holder_fields(holder: Holder) -> dict[str, object]:
    return {
        "pid": holder.pid,
        "command": holder.command,
        "since": holder.since.isoformat(),
    }


def _find_holder(fields: dict[str, object]) -> Holder | None:
    pid, command, since = (fields.get(key) for key in ("pid", "command", "since"))
    if not (isinstance(pid, int) and isinstance(command, str)):
        return None
    try:
        time = datetime.fromisoformat(str(since))
    except ValueError:
        return None
    return Holder(pid=pid, command=command, since=time)
