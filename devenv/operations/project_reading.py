"""A project and its lock, read once: what is decided on is what is used."""

import os
from pathlib import Path

from devenv import hashes
from devenv.errors import LockError
from devenv.formats.lock_toml import LOCK_NAME, parse_lock, render_lock
from devenv.host.private_file import identity, who_else_writes
from devenv.host.read_once import FileRead, own_user, read_once
from devenv.model.canonical_json import canonical_json
from devenv.model.lock import Lock
from devenv.model.project import Project
from devenv.model.seen_file import SeenFile
from devenv.operations.doors import Surroundings
from devenv.operations.find_project import SPEC_FILE
from devenv.operations.lock_files import MAX_LOCK_BYTES, lock_path, write_lock
from devenv.operations.project_record import see
from devenv.operations.read_project import (
    LOCAL_SPEC_FILE,
    Attempt,
    read_project,
)
from devenv.operations.record_check import resting
from devenv.values import dataclass, replace

LOADER_CACHE = "/etc/ld.so.cache"
"""Stands for the libraries of this machine: it is made anew when they change."""

_DIGEST_RULES = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectReading:
    """Every byte of a project, its lock's among them, as of one moment.

    `device` and `inode` are the folder's, `began_seconds` is when the first file
    began to be read.
    """

    project: Project
    lock: Lock | None
    lock_file: SeenFile
    device: int
    inode: int
    began_seconds: float

    @property
    def directory(self) -> str:
        """The project's folder, absolute and physical."""
        return self.project.directory

    @property
    def digest(self) -> str:
        """A digest over all files that were read or looked for, by where they lie.

        Paths count from the project's folder, so that two equal worktrees have the
        same one.
        """
        return hashes.sha256(self.digested.encode("ascii")).hexdigest()

    @property
    def digested(self) -> str:
        """What the digest is of: ASCII, with the SHA-256 of each file."""
        return canonical_json({"rules": _DIGEST_RULES, "files": self.file_digests})

    @property
    def file_digests(self) -> dict[str, str]:
        """The SHA-256 of each file, "" for an absent one, by its path from here."""
        files = [(file.path, file.sha256) for file in self.project.files]
        files.append((self.lock_file.path, self.lock_file.sha256))
        return {
            _from(self.directory, path): sha256 or "" for path, sha256 in sorted(files)
        }

    @property
    def watched(self) -> tuple[SeenFile, ...]:
        """Every file, as a hook watches it."""
        files = tuple(
            SeenFile(
                path=file.path,
                sha256=file.sha256,
                resting_mtime_ns=resting(file.mtime_ns, now_seconds=self.began_seconds),
            )
            for file in self.project.files
        )
        return (*files, self.lock_file)


def as_seen(path: str, file: FileRead | None, *, now_seconds: float) -> SeenFile:
    """Return what a file that was read is to whoever watches it; None if it is missing.

    `now_seconds` is when it began to be read.
    """
    if file is None:
        return SeenFile(path=path, sha256=None)
    return SeenFile(
        path=path,
        sha256=hashes.sha256(file.content).hexdigest(),
        resting_mtime_ns=resting(file.mtime_ns, now_seconds=now_seconds),
    )


def read_whole_project(doors: Surroundings, folder: Path) -> ProjectReading:
    """Read the project in a folder, whoever it belongs to; see `foreign_reason`.

    Raises:
        NoProjectError: there is none.
        SpecError, LockError: a file of it is wrong.
        FormatError: the folder cannot be looked at.
    """
    reading, content = _read(doors, folder)
    if content is None:
        return reading
    path = reading.lock_file.path
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise LockError("the lock cannot be read", where=path) from error
    return replace(reading, lock=parse_lock(text, file=path))


def read_without_lock(
    doors: Surroundings, folder: Path, attempt: Attempt | None = None
) -> ProjectReading:
    """Read a project, and its lock's bytes, but not what the lock says.

    `attempt` is that of `read_project`.

    Raises:
        NoProjectError: there is none.
        SpecError, LockError: a file of it is wrong.
        FormatError: the folder cannot be looked at.
    """
    reading, _ = _read(doors, folder, attempt)
    return reading


def _read(
    doors: Surroundings, folder: Path, attempt: Attempt | None = None
) -> tuple[ProjectReading, bytes | None]:
    """Read all files; return the lock's bytes, too."""
    began = doors.clock.now().timestamp()
    device, inode = identity(folder)
    project = read_project(
        folder,
        system=doors.system.name,
        env=doors.env,
        is_named=True,
        attempt=attempt,
    )
    path = str(lock_path(project.directory))
    try:
        found = read_once(path, max_bytes=MAX_LOCK_BYTES)
    except OSError as error:
        raise LockError("the lock cannot be read", where=path) from error
    lock_file = as_seen(path, found, now_seconds=began)
    reading = ProjectReading(
        project=project,
        lock=None,
        lock_file=lock_file,
        device=device,
        inode=inode,
        began_seconds=began,
    )
    return reading, None if found is None else found.content


def with_written_lock(
    doors: Surroundings, reading: ProjectReading, lock: Lock
) -> ProjectReading:
    """Write a lock that was made from a reading; return the reading with it.

    Raises:
        LockError: it cannot be written, or somebody else has written another one.
    """
    if lock == reading.lock:
        return reading
    path = lock_path(reading.directory)
    now = doors.clock.now().timestamp()
    if see(str(path), now_seconds=now).sha256 != reading.lock_file.sha256:
        raise LockError(
            "somebody else has changed the lock meanwhile",
            where=str(path),
            hint="run the same command again",
        )
    write_lock(path, lock)
    sha256 = hashes.sha256(render_lock(lock).encode()).hexdigest()
    # It has not rested, whatever its time: what is written now is read again.
    return replace(
        reading, lock=lock, lock_file=SeenFile(path=str(path), sha256=sha256)
    )


def _from(directory: str, path: str) -> str:
    """Return a path as it counts from a folder."""
    rest = path.removeprefix(f"{directory}/")
    # Most lie in it, in which case there is little to reckon.
    is_inside = rest != path and "//" not in path and "/." not in path
    return rest if is_inside else os.path.relpath(path, directory)


def foreign_reason(doors: Surroundings, folder: str | Path) -> str | None:
    """Return why a project is not in the user's own hands; None if it is.

    Its folder, and the files that it always has, must belong to the user (or root)
    and be closed to everybody; what else it reads is bound by its bytes.
    """
    owners = {0, own_user()}
    sudo = doors.env.get("SUDO_UID", "")
    if own_user() == 0 and sudo.isascii() and sudo.isdigit():
        owners.add(int(sudo))
    for name in ("", f"/{SPEC_FILE}", f"/{LOCAL_SPEC_FILE}", f"/{LOCK_NAME}"):
        reason = who_else_writes(f"{folder}{name}", owners)
        if reason is not None:
            return f"{folder}{name} {reason}"
    return None
