"""`devenv run`: make what is needed, and say what to execute."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from devenv.errors import ProgramError, StoreError, UnknownPackageError
from devenv.formats.requirement import parse_requirement
from devenv.model.requirement import Requirement
from devenv.operations.ad_hoc_record import (
    AdHocRecord,
    record_key_for_packages,
    record_key_for_program,
    write_record,
)
from devenv.operations.doors import Doors
from devenv.operations.environments import MadeEnvironment, make_environment
from devenv.operations.expire_ad_hoc import expire_ad_hoc
from devenv.operations.known_names import name_table
from devenv.operations.launch import Launch, launch_in
from devenv.operations.locate_program import the_package_holding
from devenv.operations.package_set import open_packages
from devenv.operations.programs import choose_program, find_program
from devenv.operations.prune_cache import prune_cache
from devenv.plan import explain
from devenv.plan.names import meanings
from devenv.values import replace


def run_package(doors: Doors, text: str, arguments: Sequence[str]) -> Launch:
    """Return how to run the main program of a package; see `make_for_program`."""
    made, program = make_for_program(doors, text)
    remember(doors, record_key_for_program(text), made, program)
    return Launch(
        program=program,
        argv=(str(program), *arguments),
        env=made.environment.applied_to(doors.env),
    )


def make_for_program(doors: Doors, text: str) -> tuple[MadeEnvironment, Path]:
    """Make the environment of one package; return it and the main program.

    If no package has the name, the package that holds a program of that name
    is taken, after saying so.

    Raises:
        ProgramError: the package has no program, or several.
        UnknownPackageError: nothing of this name is known.
    """
    key = record_key_for_program(text)
    requirement = parse_requirement(text)
    try:
        _check_is_known(doors, requirement)
        made = make_environment(doors, [requirement], label=key)
        return made, choose_program(made, requirement)
    except UnknownPackageError:
        holder = _holder(doors, requirement)
    made = make_environment(doors, [holder], label=key)
    found = find_program(made.environment, requirement.written)
    if found is None:
        raise ProgramError(
            f"{holder.name} is said to hold {requirement.written},"
            " but its environment has no such program"
        )
    return made, found


def run_command(doors: Doors, texts: Sequence[str], command: Sequence[str]) -> Launch:
    """Return how to run a command with packages on its PATH.

    Raises:
        ProgramError: the command is on no PATH.
    """
    made = make_ad_hoc(doors, texts)
    return launch_in(made.environment, command, doors.env, whose=", ".join(texts))


def make_ad_hoc(doors: Doors, texts: Sequence[str]) -> MadeEnvironment:
    """Make the environment of some packages and remember it for the launcher."""
    requirements = [parse_requirement(text) for text in texts]
    key = record_key_for_packages(texts)
    made = make_environment(doors, requirements, label=key)
    remember(doors, key, made, None)
    return made


def remember(
    doors: Doors, key: str, made: MadeEnvironment, program: Path | None
) -> None:
    """Leave a record with which the launcher runs this again without Python."""
    record = AdHocRecord(
        key=key,
        environment=made.environment,
        program=str(program) if program else None,
        made_at=doors.clock.now(),
        index_checked_at=made.index_checked_at,
        store_directory=str(doors.store.directory),
    )
    write_record(doors.directories.state, record)
    # Housekeeping of old environments must not stand between users and new ones.
    with suppress(OSError, StoreError):
        expire_ad_hoc(doors)
        prune_cache(doors)


def _check_is_known(doors: Doors, requirement: Requirement) -> None:
    """Refuse `program@V` at once: other releases would be asked in vain for it.

    Raises:
        UnknownPackageError: it is no package's name.
    """
    if requirement.input or not requirement.version:
        return
    with open_packages(doors, doors.default_input) as package_set:
        possible = meanings(requirement, name_table())
        names = {part.name for meaning in possible for part in meaning}
        if not any(map(package_set.universe.versions, names)):
            raise explain.unknown([requirement.name], package_set.universe)


def _holder(doors: Doors, requirement: Requirement) -> Requirement:
    with open_packages(doors, requirement.input or doors.default_input) as package_set:
        holder = the_package_holding(doors, package_set, requirement.written)
    doors.display.note(
        f"no package is called {requirement.written}; {holder} holds a program"
        " of that name"
    )
    return replace(requirement, name=holder)
