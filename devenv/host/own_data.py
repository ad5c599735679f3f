"""The files that devenv brings with it."""

from pathlib import Path

from devenv import data

_FOLDER = Path(data.__path__[0])
"""Not importlib.resources: that brings tempfile and zipfile, 3 ms and 2 MB."""


def own_data(*names: str) -> Path:
    """Return where one of devenv's own data files is."""
    return _FOLDER.joinpath(*names)
