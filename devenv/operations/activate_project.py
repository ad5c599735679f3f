"""An allowed project's environment, made and written for the hooks."""

from collections.abc import Mapping
from pathlib import Path

from devenv.errors import LockError
from devenv.model.activation import Activation
from devenv.model.lock import Lock
from devenv.operations.doors import Doors
from devenv.operations.project_environment import (
    ProjectEnvironment,
    make_project_environment,
)
from devenv.operations.project_reading import LOADER_CACHE, ProjectReading
from devenv.operations.project_record import see
from devenv.operations.write_activation import write_activation
from devenv.plan.completions import completion_folders
from devenv.values import replace


def make_environment(
    doors: Doors, reading: ProjectReading, outer: Mapping[str, str]
) -> ProjectEnvironment:
    """Make what a reading asks for; nothing is read of the project again.

    Raises:
        LockError: there is no lock, or nothing in it for this system.
        SpecError: a variable has no value.
        FetchError, StoreError, RelocationError, UnsafeArchiveError,
            LibrariesError: it cannot be made.
    """
    around = replace(doors, env=outer)
    return make_project_environment(around, reading.project, _lock(reading))


def activate(doors: Doors, reading: ProjectReading, made: ProjectEnvironment) -> None:
    """Write what hooks bring into shells. Only for what the user has allowed.

    Raises:
        FormatError: a name or a value is nothing for a shell.
        StoreError: the state folder is open to others, or cannot be written.
    """
    watched = reading.watched
    if _lock(reading).systems[doors.system.name].libraries is not None:
        watched += (see(LOADER_CACHE, now_seconds=reading.began_seconds),)
    activation = Activation(
        project=reading.directory,
        environment=made.environment,
        texts=made.texts,
        aliases=reading.project.spec.aliases,
        completions=completion_folders(
            made.environment.trees, is_directory=lambda path: Path(path).is_dir()
        ),
        watched=watched,
        outer=made.variables.outer_used,
    )
    write_activation(doors.directories.state, activation)


def _lock(reading: ProjectReading) -> Lock:
    if reading.lock is None:
        raise LockError("the project has no lock", where=reading.lock_file.path)
    return reading.lock
