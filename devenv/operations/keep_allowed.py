"""What the user changes by a command of devenv's stays allowed."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from devenv.errors import DevenvError
from devenv.formats.lock_toml import LOCK_NAME
from devenv.model.trust import Effects, TrustRecord, TrustState
from devenv.operations.allow_project import record_of
from devenv.operations.doors import Doors
from devenv.operations.find_project import SPEC_FILE
from devenv.operations.project_effects import project_effects
from devenv.operations.project_reading import ProjectReading, read_whole_project
from devenv.operations.trust_records import TrustRecords
from devenv.operations.trust_standing import standing_of
from devenv.plan.outer_variables import as_recorded
from devenv.values import replace

_EDITED = frozenset({SPEC_FILE, LOCK_NAME})


@contextmanager
def keep_allowed(doors: Doors, project: str) -> Generator[None]:
    """Let the body change a project's packages; it stays allowed if it was.

    It is kept only if its bytes before were the allowed ones, nothing but the spec
    and the lock has changed since, and all that has changed are packages and where
    they come from. Otherwise it is for `reload` or `allow` to decide.
    """
    record = _allowed_as_it_is(doors, project)
    yield
    if record is None:
        return
    try:
        reading = read_whole_project(doors, Path(project))
        kept = _kept(doors, reading, record)
    except DevenvError as error:
        doors.display.detail(f"the project is to be allowed again: {error.what}")
        return
    if kept is not None:
        TrustRecords.of(doors.env).write(kept)


def _allowed_as_it_is(doors: Doors, project: str) -> TrustRecord | None:
    standing = standing_of(doors, Path(project))
    if standing.state is not TrustState.ALLOWED or standing.record is None:
        return None
    try:
        digest = read_whole_project(doors, Path(project)).digest
    except DevenvError:
        return None
    return standing.record if digest == standing.record.digest else None


def _kept(
    doors: Doors, reading: ProjectReading, record: TrustRecord
) -> TrustRecord | None:
    """Return the decision for what a command has made of an allowed project."""
    if reading.lock is None or reading.digest == record.digest:
        return None
    before, after = record.files, reading.file_digests
    others = (before.keys() | after.keys()) - _EDITED
    if any(before.get(path) != after.get(path) for path in others):
        return None
    outer = as_recorded(doors.env, record.outer)
    effects = project_effects(reading.project, reading.lock, outer)
    if _without_packages(effects) != _without_packages(record.effects):
        return None
    seen = replace(effects, programs=record.effects.programs)
    return record_of(doors, reading, seen, record.outer, before=record)


def _without_packages(effects: Effects) -> Effects:
    """Return what is left of effects besides packages and where they come from."""
    return replace(
        effects,
        inputs={},
        trees=(),
        packages=(),
        libraries=(),
        c_library="",
        library_packages=(),
        programs={},
    )
