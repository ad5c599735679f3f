"""How a container of an image starts: its variables, its folder, its program."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from devenv.errors import ProgramError
from devenv.host.execute import find_command
from devenv.model.env_names import PROJECT_VARIABLE
from devenv.model.environment import LIBRARY_PATH, Environment
from devenv.model.project import Project
from devenv.model.spec import FileValue, Spec, WholeListValue
from devenv.model.variables import ProjectVariables
from devenv.operations.project_environment import ProjectEnvironment
from devenv.operations.project_variables import dotenv_entries
from devenv.operations.read_project import LOCAL_SPEC_FILE
from devenv.plan.compose_environment import of_spec, overlaid
from devenv.plan.image_variables import (
    OUTER,
    SYSTEM_PATH,
    Withheld,
    image_spec,
    place_of,
    placed,
)
from devenv.plan.merge_spec import merge_spec
from devenv.plan.spec_variables import spec_variables
from devenv.values import dataclass, replace

_SHELLS = ("bash", "sh")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageVariables:
    """All variables of a container, and what stays out of them."""

    values: Mapping[str, str]
    withheld: tuple[Withheld, ...] = ()


def variables_of_packages(environment: Environment) -> ImageVariables:
    """Return the variables of an image of packages alone."""
    return ImageVariables(values=environment.applied_to({"PATH": SYSTEM_PATH}))


def variables_of_project(
    made: ProjectEnvironment, places: Mapping[str, str], *, with_secrets: bool
) -> ImageVariables:
    """Return the variables of a project's image; `places` are of added folders.

    They are worked out anew, for a machine where root is who is there: nothing of the
    variables around us goes along.

    Raises:
        SpecError: one has no value there.
    """
    project = made.project
    home = place_of(project.directory, places)
    shared, own = (project.spec, ()) if with_secrets else _shared_spec(project)
    dotenv = dotenv_entries(project, shared)
    found = image_spec(
        shared, dotenv, has_project=home is not None, with_secrets=with_secrets
    )
    variables = spec_variables(
        found.spec,
        project=home or project.directory,
        dotenv=dotenv if with_secrets else {},
        files=project.contents,
        outer=OUTER,
    )
    moved, left_out = _moved(found.spec, variables, places, project.directory)
    spec = of_spec(moved, home or "")
    if home is None:
        values = {k: v for k, v in spec.values.items() if k != PROJECT_VARIABLE}
        spec = replace(spec, values=values)
    environment = overlaid(_of_trees(made), spec)
    return ImageVariables(
        values=environment.applied_to({"PATH": SYSTEM_PATH}),
        withheld=(*own, *found.withheld, *left_out),
    )


def secret_files(project: Project) -> frozenset[str]:
    """Return the files whose content is a value on some system, or is the user's alone.

    Where one is a link, what it leads to is a file of them, too.
    """
    files = {f"{project.directory}/{LOCAL_SPEC_FILE}"}
    for spec in project.specs.values():
        files |= {file.path for file in spec.dotenv}
        for setting in spec.env:
            if isinstance(setting.value, FileValue):
                files.add(setting.value.path)
    return frozenset({*files, *(str(Path(file).resolve()) for file in files)})


def default_command(search_path: str) -> tuple[str, ...]:
    """Return the shell that a container starts unless it is told otherwise."""
    found = (name for name in _SHELLS if find_command(name, search_path))
    return tuple(found)[:1]


def check_program(entry: Sequence[str], search_path: str) -> None:
    """Refuse a program that no folder of `search_path` has; a path is believed.

    Raises:
        ProgramError: there is none.
    """
    name = entry[0]
    if "/" not in name and find_command(name, search_path) is None:
        raise ProgramError(
            f"there is no command called {name} in the environment",
            hint=f"add the package that holds it: devenv locate bin/{name}",
        )


def _shared_spec(project: Project) -> tuple[Spec, tuple[Withheld, ...]]:
    """Return the spec without what only this user says, and the variables in that."""
    path = f"{project.directory}/{LOCAL_SPEC_FILE}"
    own = [file for file in project.spec_files if file.path == path]
    if not own:
        return project.spec, ()
    others = [file for file in project.spec_files if file.path != path]
    names = {setting.name for setting in merge_spec(own, project.system).env}
    reason = f"is as it is without {LOCAL_SPEC_FILE}, which is yours alone"
    withheld = (
        Withheld(name=name, reason=reason, is_secret=True) for name in sorted(names)
    )
    return merge_spec(others, project.system), tuple(withheld)


def _of_trees(made: ProjectEnvironment) -> Environment:
    """Return what the trees ask for, with the folder of libraries."""
    trees = made.realised.environment
    libraries = made.environment.prepend.get(LIBRARY_PATH)
    if libraries is None:
        return trees
    return replace(trees, prepend={**trees.prepend, LIBRARY_PATH: libraries})


def _moved(
    spec: Spec,
    variables: ProjectVariables,
    places: Mapping[str, str],
    directory: str,
) -> tuple[ProjectVariables, tuple[Withheld, ...]]:
    """Return variables with the lists as they are in the image."""
    whole = {
        setting.name: variables.values[setting.name].split(":")
        for setting in spec.env
        if isinstance(setting.value, WholeListValue)
        and variables.values.get(setting.name)
    }
    front, out_in_front = placed(variables.prepend, places, directory)
    back, out_behind = placed(variables.append, places, directory)
    lists, out = placed(whole, places, directory)
    values = {
        name: value for name, value in variables.values.items() if name not in whole
    }
    values |= {name: ":".join(entries) for name, entries in lists.items()}
    moved = replace(variables, prepend=front, append=back, values=values)
    return moved, (*out_in_front, *out_behind, *out)
