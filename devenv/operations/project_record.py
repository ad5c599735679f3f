"""Records of projects' environments, which `exec` and `shell` may use again.

Typing the command is the consent; a hook never reads them (design.md, section 8).
A record is a folder below the state folder, mirrored by the project's path, so
that sh finds it without a hash:

    record     shell text (devenv.operations.launcher_record)
    TOKEN.N    empty; its time is that of the N-th file when it was read

A stamp belongs to one record by its token: two that write at once never lend each
other their times. Only a file that had rested for `RESTING_SECONDS` when it was
read is stamped with its time, others with one that no file has: then a change
that keeps the time would have gone unseen, on a file system, or in a shell, that
counts whole seconds (git calls such an entry "racy"). Python reads those again,
and stamps them once they have rested.
"""

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from devenv.host.files import make_private_directory, names_in, write_whole
from devenv.model.environment import Environment
from devenv.operations.launcher_record import (
    Json,
    Recorded,
    environment_as_json,
    environment_from_json,
    read_head,
    render_record,
)
from devenv.shells import posix
from devenv.shells.base import checked_name

RESTING_SECONDS = 3
"""More than the two that the coarsest file system (FAT) counts by."""

_RECORD = "record"
_LEAF = ":e"
_NEVER_NS = 0
_TOKEN_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFile:
    """A file that the environment depends on: its SHA-256, None for an absent one.

    `resting_mtime_ns` is its time, if it had rested when it was read.
    """

    path: str
    sha256: str | None
    resting_mtime_ns: int = _NEVER_NS


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRecord:
    """An environment, and all that it depends on.

    `outer` has every variable of the calling process that a value was made
    from, None for one that was not there. `start_directory` and `has_text` are
    those of `Recorded`.
    """

    environment: Environment
    store_directory: str
    start_directory: str | None
    has_text: bool
    files: tuple[SeenFile, ...]
    outer: Mapping[str, str | None]
    token: str = ""


def record_folder(state_directory: Path, project: Path) -> Path:
    """Return the folder of a project's record; `project` is absolute, physical."""
    return state_directory / "exec" / str(project).lstrip("/") / _LEAF


def write_project_record(folder: Path, record: ProjectRecord) -> bool:
    """Leave a record; return whether there is one: it would only save time.

    Raises:
        StoreError: the state folder is open to others.
    """
    token = os.urandom(_TOKEN_BYTES).hex()
    try:
        make_private_directory(folder)
        fresh = replace(record, token=token)
        for number, seen in enumerate(fresh.files):
            _stamp(folder / f"{token}.{number}", seen.resting_mtime_ns)
        text = _render(fresh).encode("utf-8", "surrogateescape")
        write_whole(folder / _RECORD, text, mode=0o600, is_durable=False)
        _remove_stamps(folder, but=token)
    except OSError:
        return False
    return True


def current_record(
    folder: Path, *, env: Mapping[str, str], store_directory: str, now_seconds: float
) -> ProjectRecord | None:
    """Return a record that still holds by the content of every file, or None.

    Files that have rested by now are stamped, so that the launcher needs no
    Python the next time.
    """
    record = _read(folder)
    if record is None or record.store_directory != store_directory:
        return None
    if any(env.get(name) != value for name, value in record.outer.items()):
        return None
    if not all(map(os.path.isdir, record.environment.trees)):
        return None
    seen = [see(item.path, now_seconds=now_seconds) for item in record.files]
    if any(
        new.sha256 != old.sha256 for new, old in zip(seen, record.files, strict=True)
    ):
        return None
    for number, item in enumerate(seen):
        with suppress(OSError):
            _stamp(folder / f"{record.token}.{number}", item.resting_mtime_ns)
    return record


def forget_project_record(folder: Path) -> None:
    """Make sure that a record is not used again.

    Raises:
        OSError: it cannot be removed.
    """
    (folder / _RECORD).unlink(missing_ok=True)


def see(path: str, *, now_seconds: float) -> SeenFile:
    """Return what a file is now; one that cannot be read counts as another."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return SeenFile(path=path, sha256=None)
    except OSError:
        return SeenFile(path=path, sha256="")
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return SeenFile(path=path, sha256="")
        digest = hashlib.sha256(file.read()).hexdigest()
    return SeenFile(
        path=path,
        sha256=digest,
        resting_mtime_ns=resting(found.st_mtime_ns, now_seconds=now_seconds),
    )


def resting(mtime_ns: int, *, now_seconds: float) -> int:
    """Return the time of a file that had rested by `now_seconds`, else one nobody has.

    A time in the future never rests.
    """
    age_ns = int(now_seconds * 1e9) - mtime_ns
    return mtime_ns if age_ns > RESTING_SECONDS * 1_000_000_000 else _NEVER_NS


def _render(record: ProjectRecord) -> str:
    recorded = Recorded(
        environment=record.environment,
        store_directory=record.store_directory,
        start_directory=record.start_directory,
        has_text=record.has_text,
    )
    conditions = [
        *(_variable_condition(name, value) for name, value in record.outer.items()),
        *_file_conditions(record.files, record.token),
    ]
    return render_record(recorded, head=_as_json(record), conditions=conditions)


def _variable_condition(name: str, value: str | None) -> str:
    checked_name(name)
    if value is None:
        return f'[ -z "${{{name}+x}}" ]'
    return f'[ "${{{name}+x}}${{{name}-}}" = {posix.quote(f"x{value}")} ]'


def _file_conditions(files: Sequence[SeenFile], token: str) -> Iterable[str]:
    for number, seen in enumerate(files):
        path = posix.quote(seen.path)
        if seen.sha256 is None:
            yield f"[ ! -e {path} ] && [ ! -L {path} ]"
            continue
        stamp = f'"$_devenv_record/{token}.{number}"'
        # Both must be there: sh says that a file that is gone is not newer.
        yield f"[ -f {path} ] && [ -f {stamp} ]"
        yield f"[ ! {path} -nt {stamp} ] && [ ! {stamp} -nt {path} ]"


def _stamp(place: Path, mtime_ns: int) -> None:
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.utime(descriptor, ns=(mtime_ns, mtime_ns))
    finally:
        os.close(descriptor)


def _remove_stamps(folder: Path, *, but: str) -> None:
    for name in names_in(folder):
        token, dot, number = name.partition(".")
        if dot and number.isdigit() and token != but:
            (folder / name).unlink(missing_ok=True)


def _as_json(record: ProjectRecord) -> Json:
    return {
        "environment": environment_as_json(record.environment),
        "store_directory": record.store_directory,
        "start_directory": record.start_directory,
        "has_text": record.has_text,
        "files": [[seen.path, seen.sha256] for seen in record.files],
        "outer": dict(record.outer),
        "token": record.token,
    }


def _read(folder: Path) -> ProjectRecord | None:
    head = read_head(folder / _RECORD)
    if head is None:
        return None
    try:
        return _from_json(head)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _from_json(found: Json) -> ProjectRecord:
    environment, files, outer = found["environment"], found["files"], found["outer"]
    start, token = found["start_directory"], found["token"]
    if not (
        isinstance(environment, dict)
        and isinstance(files, list)
        and isinstance(outer, dict)
        and isinstance(token, str)
    ):
        raise TypeError(found)
    return ProjectRecord(
        environment=environment_from_json(environment),
        store_directory=str(found["store_directory"]),
        start_directory=None if start is None else str(start),
        has_text=bool(found["has_text"]),
        files=tuple(SeenFile(path=path, sha256=sha256) for path, sha256 in files),
        outer=outer,
        token=token,
    )
