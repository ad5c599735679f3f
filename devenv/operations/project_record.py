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

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from devenv.host.files import make_private_directory, names_in, write_whole
from devenv.model.environment import Environment
from devenv.model.seen_file import SeenFile
from devenv.operations.launcher_record import (
    Json,
    Recorded,
    environment_as_json,
    render_record,
)
from devenv.operations.record_check import RECORD, folder_of, look, stamp
from devenv.shells import posix
from devenv.shells.base import checked_name
from devenv.values import dataclass, replace

_TOKEN_BYTES = 8


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


def record_folder(state_directory: Path, project: str) -> Path:
    """Return the folder of a project's record; `project` is absolute, physical."""
    return Path(folder_of(str(state_directory), project))


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
            stamp(f"{folder}/{token}.{number}", seen.resting_mtime_ns)
        text = _render(fresh).encode("utf-8", "surrogateescape")
        write_whole(folder / RECORD, text, mode=0o600, is_durable=False)
        _remove_stamps(folder, but=token)
    except OSError:
        return False
    return True


def see(path: str, *, now_seconds: float) -> SeenFile:
    """Return what a file is now; one that cannot be read counts as another."""
    sha256, mtime_ns = look(path, now_seconds=now_seconds)
    return SeenFile(path=path, sha256=sha256, resting_mtime_ns=mtime_ns)


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
