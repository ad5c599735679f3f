"""Which project a folder is in; texts only, for what must start quickly."""

import os
import stat

SPEC_FILE = "devenv.toml"


def nearest_project(start: str, *, ceiling: str = "") -> str | None:
    """Return the nearest folder, `start` or above it, that has a `devenv.toml`.

    Folders are physical, links resolved. Only a regular file counts. The launcher
    and the hooks look for it in the same way.

    Args:
        start: where to begin.
        ceiling: folders, separated by colons, above which nothing is looked for
            (the variable DEVENV_CEILING); relative ones do not count.
    """
    folder = os.path.realpath(start)
    ceilings = {
        os.path.realpath(entry) for entry in ceiling.split(":") if entry.startswith("/")
    }
    while not is_regular_file(f"{folder.rstrip('/')}/{SPEC_FILE}"):
        if folder == "/" or folder in ceilings:
            return None
        folder = os.path.dirname(folder)  # noqa: PTH120 - pathlib takes 5 ms to import
    return folder


def is_regular_file(path: str) -> bool:
    """Tell whether a path leads to a regular file; never raises."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116 - likewise
    except (OSError, ValueError):
        return False
