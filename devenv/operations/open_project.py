"""The project that a command is about: named, or the nearest one upward."""

from pathlib import Path

from devenv.model.project import Project
from devenv.operations.doors import Doors
from devenv.operations.find_project import require_project
from devenv.operations.read_project import read_project

CEILING_VARIABLE = "DEVENV_CEILING"


def open_project(doors: Doors, named: Path | None) -> Project:
    """Read the project in a folder that was named, or else the nearest one upward.

    Raises:
        NoProjectError: there is none.
        SpecError: it cannot be read, or is somebody else's and was not named.
    """
    folder = named or require_project(Path(), ceiling=doors.env.get(CEILING_VARIABLE))
    return read_project(
        folder, system=doors.system.name, env=doors.env, is_named=named is not None
    )
