"""The environment of the project that a command is called in."""

from pathlib import Path

from devenv import hashes
from devenv.formats.lock_toml import render_lock
from devenv.model.lock import Lock
from devenv.model.seen_file import SeenFile
from devenv.operations.doors import Doors
from devenv.operations.lock_files import lock_path
from devenv.operations.lock_mode import LockMode
from devenv.operations.lock_project import ensure_lock
from devenv.operations.open_project import open_project
from devenv.operations.project_environment import (
    ProjectEnvironment,
    make_project_environment,
    remember_project,
)
from devenv.operations.project_record import see


def enter_project(
    doors: Doors, named: Path | None, mode: LockMode
) -> ProjectEnvironment:
    """Make the environment of a project, and remember it for the launcher.

    The command was typed: that is the consent for what the project asks for.

    Args:
        doors: where things are; `env` is what the environment goes on top of.
        named: the project's folder, None for the nearest one upward.
        mode: what to do about a lock that is out of date.

    Raises:
        NoProjectError, SpecError, LockError: the project is not there, or wrong.
        ResolutionError, FetchError, SignatureError: it cannot be locked.
        StoreError, RelocationError, LibrariesError ...: it cannot be made.
    """
    began = doors.clock.now().timestamp()
    project = open_project(doors, named)
    path = str(lock_path(project.directory))
    before = see(path, now_seconds=began)
    lock = ensure_lock(doors, project, mode)
    made = make_project_environment(doors, project, lock)
    after = see(path, now_seconds=began)
    # With --frozen a record would hide from the next command that the lock is old.
    if mode is not LockMode.FROZEN and _is_ours(after, before, lock):
        remember_project(doors, made, after, now_seconds=began)
    return made


def _is_ours(after: SeenFile, before: SeenFile, lock: Lock) -> bool:
    """Tell whether the lock on disk is the one that was used, and not a newer one."""
    if after.sha256 is None:
        return False
    if after.sha256 == before.sha256:
        return True
    return after.sha256 == hashes.sha256(render_lock(lock).encode()).hexdigest()
