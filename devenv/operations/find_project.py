"""Find the project that a folder is in, as the launcher and the hooks do."""

import os
from pathlib import Path

from devenv.errors import NoProjectError
from devenv.host.project_folder import SPEC_FILE, nearest_project

__all__ = ["SPEC_FILE", "find_project", "no_project", "require_project"]

_OTHER_TOOLS_FILES = ("devenv.nix", "devenv.yaml", "devenv.lock", ".devenv")


def find_project(start: Path, *, ceiling: str | None = None) -> Path | None:
    """Return the nearest folder, `start` or one above it, that has a `devenv.toml`.

    Folders are physical, links resolved. Only a regular file counts.

    Args:
        start: where to begin.
        ceiling: folders, separated by colons, above which nothing is looked
            for (the variable DEVENV_CEILING); relative ones do not count.
    """
    found = nearest_project(str(start), ceiling=ceiling or "")
    return None if found is None else Path(found)


def require_project(start: Path, *, ceiling: str | None = None) -> Path:
    """Return the project that `start` is in; see `find_project`.

    Raises:
        NoProjectError: there is none.
    """
    found = find_project(start, ceiling=ceiling)
    if found is None:
        raise no_project(start)
    return found


def no_project(folder: Path) -> NoProjectError:
    """Return the error for a folder without a spec, which names what else is there."""
    others = other_tools_files(folder)
    what = f"there is no {SPEC_FILE} here or in a folder above"
    if others:
        what += f"; {', '.join(others)} belongs to another tool named devenv"
    hint = (
        f"devenv init writes a {SPEC_FILE}; without a project there is"
        " `devenv shell -p PKG`"
    )
    return NoProjectError(what, where=str(folder.absolute()), hint=hint)


def other_tools_files(folder: Path) -> list[str]:
    """Return what another tool of the same name has left in a folder."""
    return [name for name in _OTHER_TOOLS_FILES if os.path.lexists(folder / name)]
