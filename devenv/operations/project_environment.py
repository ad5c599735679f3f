"""A project's environment: its lock realised, and its spec's variables on top."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress

from devenv.errors import HashMismatchError, LockError, NotServedError, StoreError
from devenv.model.environment import LIBRARY_PATH, Environment
from devenv.model.lock import Lock, LockedSystem
from devenv.model.project import Project
from devenv.model.seen_file import SeenFile
from devenv.model.spec import ShellText
from devenv.model.store_path import StorePath
from devenv.model.variables import ProjectVariables
from devenv.operations.doors import Doors
from devenv.operations.early_unpacker import early_unpacker
from devenv.operations.keep_generation import keep_generation
from devenv.operations.locked_downloads import locked_downloads
from devenv.operations.own_rules import resolution_rules
from devenv.operations.project_reading import LOADER_CACHE
from devenv.operations.project_record import (
    ProjectRecord,
    record_folder,
    see,
    write_project_record,
)
from devenv.operations.project_variables import project_variables
from devenv.operations.prune_cache import prune_cache
from devenv.operations.realise_lock import Realised, Supplies, realise_locked
from devenv.operations.record_check import resting
from devenv.operations.start_files import write_start_files
from devenv.plan.compose_environment import of_spec, overlaid
from devenv.values import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectEnvironment:
    """A project's environment, valid in the store, and what it was made from."""

    project: Project
    lock: Lock
    realised: Realised
    environment: Environment
    variables: ProjectVariables

    @property
    def texts(self) -> Mapping[str, ShellText]:
        """What the project wants to be run in its shells."""
        return self.project.spec.shell


def make_project_environment(
    doors: Doors, project: Project, lock: Lock
) -> ProjectEnvironment:
    """Realise the lock for this system and put the spec's variables on top.

    It becomes a generation, whose root keeps it alive from before the store is let
    go of.

    Raises:
        LockError: the lock has nothing for this system.
        SpecError: a variable has no value.
        FetchError, StoreError, RelocationError, UnsafeArchiveError,
            LibrariesError: it cannot be made.
    """
    variables = project_variables(project, doors.env)
    for warning in variables.warnings:
        doors.display.warn(f"{warning.what} ({warning.where})")
    locked = _locked_system(lock, doors.system.name)
    downloads = locked_downloads(doors, lock, project.spec.inputs)
    with (
        _advice_on_downloads(),
        early_unpacker(doors, locked) as pool,
        doors.store.session() as session,
    ):
        supplies = Supplies(
            base_set=resolution_rules().base,
            downloads=downloads,
            rules=lock.rules,
            pool=pool,
        )
        realised = realise_locked(doors, session, locked, supplies)
        libraries = None
        if locked.libraries is not None:
            # Few projects have any.
            from devenv.operations.realise_libraries import (  # noqa: PLC0415
                realise_libraries,
            )

            libraries = realise_libraries(doors, session, locked.libraries, downloads)
        kept = [tree.plan.path for tree in realised.trees]
        if libraries is not None:
            kept.append(libraries)
        keep_generation(doors, session, project, lock, kept)
    trees = _with_libraries(doors, realised.environment, libraries)
    return ProjectEnvironment(
        project=project,
        lock=lock,
        realised=realised,
        environment=overlaid(trees, of_spec(variables, project.directory)),
        variables=variables,
    )


def remember_project(
    doors: Doors, made: ProjectEnvironment, lock_file: SeenFile, *, now_seconds: float
) -> bool:
    """Leave a record with which the launcher enters this environment again.

    Args:
        doors: the state folder, and the variables devenv was called with.
        made: the environment.
        lock_file: the lock as it was read.
        now_seconds: when the project's files began to be read.
    """
    files = [
        SeenFile(
            path=file.path,
            sha256=file.sha256,
            resting_mtime_ns=resting(file.mtime_ns, now_seconds=now_seconds),
        )
        for file in made.project.files
    ]
    if made.lock.systems[doors.system.name].libraries is not None:
        files.append(see(LOADER_CACHE, now_seconds=now_seconds))
    texts = made.texts
    start = write_start_files(doors.directories.state, made.environment, texts)
    record = ProjectRecord(
        environment=made.environment,
        store_directory=str(doors.store.directory),
        start_directory=str(start),
        has_text=any(text != ShellText() for text in texts.values()),
        files=(*files, lock_file),
        outer=made.variables.outer_used,
    )
    folder = record_folder(doors.directories.state, made.project.directory)
    is_there = write_project_record(folder, record)
    # Housekeeping must not stand between users and environments.
    with suppress(OSError, StoreError):
        prune_cache(doors)
    return is_there


@contextmanager
def _advice_on_downloads() -> Generator[None]:
    """Say what to do about archives that are not there, or not the locked ones."""
    try:
        yield
    except NotServedError as error:
        error.hint = (
            "it may have left the archive since it was locked:"
            " `devenv update` takes what is there now"
        )
        raise
    except HashMismatchError as error:
        error.hint = (
            "if the lock was edited, take it back from version control;"
            " `devenv update` makes it anew"
        )
        raise


def _locked_system(lock: Lock, system: str) -> LockedSystem:
    found = lock.systems.get(system)
    if found is None:
        locked = " and ".join(sorted(lock.systems)) or "no system"
        raise LockError(
            f"the lock is made for {locked}, and this is {system}",
            hint=f"add {system!r} to systems in devenv.toml, or leave the key out",
        )
    return found


def _with_libraries(
    doors: Doors, environment: Environment, libraries: StorePath | None
) -> Environment:
    if libraries is None:
        return environment
    folder = str(doors.store.path_of(libraries))
    return replace(
        environment, prepend={**environment.prepend, LIBRARY_PATH: (folder,)}
    )
