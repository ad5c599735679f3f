"""The project that a command is called in, where it need not be in one."""

from pathlib import Path

from devenv.errors import LockError, SpecError
from devenv.model.apt import AptInput
from devenv.model.project import Project
from devenv.operations.doors import Doors
from devenv.operations.find_project import find_project
from devenv.operations.lock_files import lock_path, read_lock
from devenv.operations.package_set import configured_input
from devenv.operations.project_inputs import project_input
from devenv.operations.read_project import read_project
from devenv.plan.lock_graph import LockGraph, graphs_of


def project_around(doors: Doors, named: Path | None) -> Project | None:
    """Return the project that was named, or else the one around us, if any.

    Explaining goes on where the spec around us cannot be read: that is said, and
    then there is no project.

    Raises:
        NoProjectError: there is none where one was named.
        SpecError: the one that was named is wrong.
    """
    system = doors.system.name
    if named is not None:
        return read_project(named, system=system, env=doors.env, is_named=True)
    folder = project_folder(doors)
    if folder is None:
        return None
    try:
        return read_project(folder, system=system, env=doors.env)
    except SpecError as error:
        doors.display.warn(f"the project in {folder} is left aside: {error.what}")
        return None


def project_folder(doors: Doors) -> Path | None:
    """Return the folder of the project around us, if there is one."""
    return find_project(Path.cwd(), ceiling=doors.env.get("DEVENV_CEILING"))


def input_around(doors: Doors, project: Project | None, name: str | None) -> AptInput:
    """Return the input that a name means here, the default one if there is no name.

    Those of the project go before those that the user has configured, and its
    default before the user's.

    Raises:
        UsageError: there is no such input.
        FormatError, SignatureError, FetchError: it is not defined properly.
    """
    if project is not None and (name is None or name in project.spec.inputs):
        chosen = name or project.spec.default_input
        return configured_input(doors, project_input(project.spec, chosen))
    others = () if project is None else tuple(project.spec.inputs)
    return configured_input(doors, name or doors.default_input, others=others)


def graphs_around(doors: Doors, project: Project | None) -> tuple[LockGraph, ...]:
    """Return the graphs of a project's lock, which stays as it is.

    None without a project or a lock; one that cannot be read is said and left aside.
    """
    if project is None:
        return ()
    try:
        lock = read_lock(lock_path(project.directory))
    except LockError as error:
        doors.display.warn(f"the lock is left aside: {error.what}")
        return ()
    locked = None if lock is None else lock.systems.get(doors.system.name)
    return () if locked is None else graphs_of(locked)
