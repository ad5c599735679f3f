"""The folders that come with devenv: of the wheel, or of the sources."""

from pathlib import Path

_PACKAGE = Path(__file__).parent.parent


def bundled_folder(name: str) -> Path:
    """Return a folder of the sources' top that the wheel has in `_bundled`, too."""
    bundled = _PACKAGE / "_bundled" / name
    return bundled if bundled.is_dir() else _PACKAGE.parent / name
