"""`devenv check`: whether all that a project says can be meant."""

from collections.abc import Mapping
from pathlib import Path

from devenv.errors import Complaint, DevenvError, SpecError
from devenv.model.project import Project
from devenv.model.variables import ProjectVariables
from devenv.operations.project_variables import project_variables
from devenv.operations.read_project import read_project
from devenv.sources.apt.inputs import own_input
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedProject:
    """A project that was read, and the variables that it makes."""

    project: Project
    variables: ProjectVariables


def check_project(
    folder: Path, *, system: str, env: Mapping[str, str], is_named: bool
) -> CheckedProject:
    """Read a project, and everything that is read to use it, but no index.

    Raises:
        NoProjectError: there is none in the folder.
        SpecError: something is wrong; it holds a complaint for each mistake.
    """
    project = read_project(folder, system=system, env=env, is_named=is_named)
    complaints = list(_input_complaints(project))
    try:
        variables = project_variables(project, env)
    except SpecError as error:
        raise SpecError([*complaints, *error.complaints]) from error
    if complaints:
        raise SpecError(complaints)
    return CheckedProject(project=project, variables=variables)


def _input_complaints(project: Project) -> tuple[Complaint, ...]:
    """Return what is wrong with the addresses and keys of a project's own inputs."""
    found: dict[str, Complaint] = {}
    for spec in project.specs.values():
        for item in spec.inputs.values():
            try:
                own_input(item.name, item.table, folder=Path(item.folder))
            except DevenvError as error:
                what = f"{error.what} ({error.where})" if error.where else error.what
                found[str(item.place)] = Complaint(
                    what=what,
                    where=str(item.place),
                    hint=error.hint or "mend the input, then: devenv check",
                )
    return tuple(found.values())
