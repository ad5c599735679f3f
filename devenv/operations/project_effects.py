"""The effects of a project as it was read, and the facts that decide on them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from devenv.errors import (
    FormatError,
    LockError,
)
from devenv.formats.debian_version import satisfies
from devenv.formats.host_commands import parse_host_commands
from devenv.formats.inputs import parse_third_party_input
from devenv.formats.openpgp import primary_fingerprints
from devenv.host.own_data import own_data
from devenv.host.search_path import is_program
from devenv.model.lock import Lock, LockedSystem
from devenv.model.project import Project
from devenv.model.spec import SpecInput
from devenv.model.trust import Effects, InputEffect
from devenv.operations.project_environment import ProjectEnvironment
from devenv.operations.project_inputs import definitions
from devenv.operations.project_variables import project_variables
from devenv.plan.effects import effects_of, shadowing_programs


def project_effects(project: Project, lock: Lock, outer: Mapping[str, str]) -> Effects:
    """Return what a project would do on top of the outer variables.

    Only what was read counts; no file is opened. Nobody looked for programs.

    Raises:
        SpecError: a variable has no value.
        LockError: the lock has nothing for this system.
    """
    locked = locked_system(lock, project.system)
    defined = definitions(project, {project.system: project.spec})
    inputs = {
        name: InputEffect(
            definition=defined[name],
            keys=_fingerprints(project, item),
            address=parse_third_party_input(name, item.table).url,
        )
        for name, item in project.spec.inputs.items()
    }
    variables = project_variables(project, outer)
    return effects_of(project.spec, locked, variables, inputs)


def locked_system(lock: Lock, system: str) -> LockedSystem:
    """Return a lock's part for a system.

    Raises:
        LockError: it has none.
    """
    found = lock.systems.get(system)
    if found is None:
        raise LockError(f"the lock has nothing for {system}", hint="devenv lock")
    return found


def is_older(version: str, other: str) -> bool:
    """Tell whether a version comes before another one in the archive's order."""
    return satisfies(version, "<<", other)


def programs_in_front(made: ProjectEnvironment) -> dict[str, str]:
    """Return the host commands that an environment stands in front of, and with what.

    What a tree has is called by its input, what another folder has by its path.
    """
    inputs = {str(tree.path): tree.input for tree in made.realised.trees}
    folders = []
    for folder in made.environment.prepend.get("PATH", ()):
        tree = next((path for path in inputs if folder.startswith(f"{path}/")), None)
        folders.append((folder, folder if tree is None else inputs[tree]))
    commands = host_commands()
    present = {
        folder: frozenset(name for name in commands if is_program(f"{folder}/{name}"))
        for folder, _ in folders
    }
    return shadowing_programs(commands, folders, present)


@cache
def host_commands() -> tuple[str, ...]:
    """Return the host commands that nothing may stand in front of unasked."""
    text = own_data("host_commands.toml").read_text("utf-8")
    return parse_host_commands(text)


def _fingerprints(project: Project, item: SpecInput) -> tuple[str, ...]:
    found = parse_third_party_input(item.name, item.table)
    path = str(Path(item.folder) / found.key)
    key = found.key.encode() if found.has_inline_key else project.contents.get(path)
    try:
        return tuple(sorted(primary_fingerprints(key or b"")))
    except FormatError:
        return ()
