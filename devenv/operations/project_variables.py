"""The variables that a project asks for, from what was read of it."""

from collections.abc import Mapping

from devenv.errors import Complaint, SpecError
from devenv.model.project import Project
from devenv.model.spec import Spec
from devenv.model.variables import DotenvEntry, ProjectVariables
from devenv.plan.spec_variables import spec_variables


def project_variables(project: Project, outer: Mapping[str, str]) -> ProjectVariables:
    """Return the variables of a project for its system; see `spec_variables`.

    `outer` are the variables around it; no file is read again.

    Raises:
        SpecError: a dotenv file is no such file, or a value cannot be found.
    """
    return spec_variables(
        project.spec,
        project=project.directory,
        dotenv=dotenv_entries(project, project.spec),
        files=project.contents,
        outer=outer,
    )


def dotenv_entries(project: Project, spec: Spec) -> dict[str, tuple[DotenvEntry, ...]]:
    """Return what is in the dotenv files of a project that are there, by their paths.

    `spec` says which they are.

    Raises:
        SpecError: one is no such file.
    """
    entries: dict[str, tuple[DotenvEntry, ...]] = {}
    complaints: list[Complaint] = []
    for file in spec.dotenv:
        content = project.contents.get(file.path)
        if content is None:
            continue
        from devenv.formats.dotenv import parse_dotenv  # noqa: PLC0415 - rare

        try:
            entries[file.path] = parse_dotenv(content.decode(), file=file.path)
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            where = f"{file.path}:{line}"
            complaints.append(
                Complaint(
                    what="this is not UTF-8", where=where, hint="save it as UTF-8"
                )
            )
        except SpecError as error:
            complaints.extend(error.complaints)
    if complaints:
        raise SpecError(complaints)
    return entries
