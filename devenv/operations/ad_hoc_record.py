"""Records of ad-hoc environments: what the launcher reads instead of Python.

`shell-hooks/devenv` is the reader; what a record is stands at its top.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from devenv import hashes
from devenv.host.files import (
    make_private_directory,
    names_in,
    remove_tree,
    staged_file,
    write_whole,
)
from devenv.model.environment import Environment
from devenv.operations.launcher_record import (
    Json,
    Recorded,
    environment_as_json,
    environment_from_json,
    render_record,
)
from devenv.operations.record_check import RECORD, read_head
from devenv.operations.start_files import write_start_files
from devenv.patterns import late_pattern
from devenv.values import dataclass

INDEX_LIFETIME = timedelta(hours=24)
"""How old the index may be that an ad-hoc environment was resolved against."""

UNREACHABLE_LIFETIME = timedelta(minutes=10)
"""How long to leave it at that, when the archive could not be asked."""

KEPT_UNUSED = timedelta(days=14)

_STORABLE = late_pattern(
    r"(?:run|with(?:,[A-Za-z0-9][A-Za-z0-9+.:@_-]*)*)"
    r",[A-Za-z0-9][A-Za-z0-9+.:@_-]*"
)
_MAX_NAME_BYTES = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class AdHocRecord:
    """An environment that somebody asked for by name on the command line.

    `program` is the absolute path of what `run` executes, None where the user
    names the command; `index_checked_at` tells how current the choice of
    versions is. Both moments are aware.
    """

    key: str
    environment: Environment
    program: str | None
    made_at: datetime
    index_checked_at: datetime
    store_directory: str


def record_key_for_program(text: str) -> str:
    """Return the key of `devenv run TEXT`."""
    return f"run,{text}"


def record_key_for_packages(texts: Sequence[str]) -> str:
    """Return the key of `-p TEXT...`, in this order, which is that of PATH."""
    return ",".join(("with", *texts))


def root_name(key: str) -> str:
    """Return the name of the root that keeps an ad-hoc environment alive."""
    return f"ad-hoc-{hashes.sha256(key.encode()).hexdigest()[:32]}"


def is_storable(key: str) -> bool:
    """Tell whether the launcher would look for a record of this key."""
    return len(key) <= _MAX_NAME_BYTES and bool(_STORABLE.fullmatch(key))


def records_directory(state_directory: Path) -> Path:
    """Return the folder that holds a folder for each record."""
    return state_directory / "ad-hoc"


def _render(record: AdHocRecord, *, start_directory: str | None) -> str:
    recorded = Recorded(
        environment=record.environment,
        store_directory=record.store_directory,
        program=record.program,
        start_directory=start_directory,
    )
    return render_record(recorded, head=_as_json(record), conditions=())


def write_record(state_directory: Path, record: AdHocRecord) -> bool:
    """Leave a record for the launcher; return whether there is one now.

    There is none if the key is not storable or the state folder cannot be
    written: it would only have saved time.

    Raises:
        StoreError: the state folder is open to others.
    """
    if not is_storable(record.key):
        return False
    folder = records_directory(state_directory) / record.key
    try:
        start = (
            None
            if record.program
            else str(write_start_files(state_directory, record.environment))
        )
        make_private_directory(folder)
        _write_parts(folder, record, _render(record, start_directory=start))
    except OSError:
        return False
    return True


def read_record(folder: Path) -> AdHocRecord | None:
    """Return the record in a folder of `records_directory`; None if it is not whole."""
    head = read_head(str(folder / RECORD))
    if head is None:
        return None
    try:
        return _from_json(head)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def read_records(state_directory: Path) -> Iterator[tuple[Path, AdHocRecord]]:
    """Yield the folder and content of every whole record."""
    folder = records_directory(state_directory)
    with suppress(FileNotFoundError):
        for name in names_in(folder):
            record = read_record(folder / name)
            if record is not None:
                yield folder / name, record


def last_used(folder: Path) -> datetime:
    """Return when the record in `folder` was last used, or made.

    Raises:
        FileNotFoundError: there is no record.
    """
    moments = [(folder / RECORD).stat().st_mtime]
    with suppress(FileNotFoundError):
        moments.append((folder / "used").stat().st_mtime)
    return datetime.fromtimestamp(max(moments), UTC)


def remove_unused_records(state_directory: Path, *, now: datetime) -> list[str]:
    """Remove what was not used for `KEPT_UNUSED`; return the keys, sorted.

    What is not a whole record goes when it is as old. The roots of the removed
    keys, and start files that no record names any more, are the caller's.

    Raises:
        OSError: something could not be removed.
    """
    directory = records_directory(state_directory)
    try:
        names = names_in(directory)
    except FileNotFoundError:
        return []
    doomed = [name for name in names if now - _age_mark(directory / name) > KEPT_UNUSED]
    opened = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in doomed:
            # First, so that no launcher reads what is half gone.
            with suppress(FileNotFoundError):
                (directory / name / RECORD).unlink()
            remove_tree(opened, name)
    finally:
        os.close(opened)
    return doomed


def forget_records(state_directory: Path) -> None:
    """Remove every record: what they start is gone.

    Raises:
        OSError: something could not be removed.
    """
    try:
        opened = os.open(state_directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        remove_tree(opened, records_directory(state_directory).name)
    finally:
        os.close(opened)


def _age_mark(folder: Path) -> datetime:
    try:
        return last_used(folder)
    except OSError:
        return datetime.fromtimestamp(folder.lstat().st_mtime, UTC)


def _write_parts(folder: Path, record: AdHocRecord, text: str) -> None:
    used = folder / "used"
    if not used.exists():
        write_whole(used, b"", mode=0o600, is_durable=False)
    # Long ago: where opening it does not set its time, nothing is ever fresh.
    os.utime(used, (0, 0))
    content = text.encode("utf-8", "surrogateescape")
    write_whole(folder / RECORD, content, mode=0o600, is_durable=False)
    # Last: until it is there, the record is out of date.
    expires = max(
        record.index_checked_at + INDEX_LIFETIME,
        # The index is older when nobody could be asked: not again at every run.
        record.made_at + UNREACHABLE_LIFETIME,
    ).timestamp()
    with staged_file(folder / "expires", mode=0o600, is_durable=False) as file:
        os.utime(file.fileno(), (expires, expires))


def _as_json(record: AdHocRecord) -> Json:
    return {
        "key": record.key,
        "environment": environment_as_json(record.environment),
        "program": record.program,
        "made_at": record.made_at.isoformat(),
        "index_checked_at": record.index_checked_at.isoformat(),
        "store_directory": record.store_directory,
    }


def _from_json(found: Json) -> AdHocRecord:
    environment, program = found["environment"], found["program"]
    if not isinstance(environment, dict):
        raise TypeError(environment)
    return AdHocRecord(
        key=str(found["key"]),
        environment=environment_from_json(environment),
        program=None if program is None else str(program),
        made_at=datetime.fromisoformat(str(found["made_at"])),
        index_checked_at=datetime.fromisoformat(str(found["index_checked_at"])),
        store_directory=str(found["store_directory"]),
    )
