"""Which projects have generations, as the records of these tell."""

from contextlib import suppress
from pathlib import Path

from devenv.errors import FormatError
from devenv.formats.generation_json import parse_generation
from devenv.host.files import names_in, read_limited

_RECORD = ".json"
_MAX_RECORD_BYTES = 1 << 20


def known_projects(state: Path) -> tuple[str, ...]:
    """Return the folders of all projects that have generations, sorted."""
    folder = state / "generations"
    found: set[str] = set()
    with suppress(FileNotFoundError):
        for digest in names_in(folder):
            found |= _projects_of(folder / digest)
    return tuple(sorted(found))


def _projects_of(directory: Path) -> set[str]:
    """Return the project that a folder is about; none if no record can be read."""
    with suppress(OSError):
        for name in names_in(directory):
            stem = name.removesuffix(_RECORD)
            if not stem.isdecimal():
                continue
            with suppress(FormatError):
                text = read_limited(directory / name, max_bytes=_MAX_RECORD_BYTES)
                return {parse_generation(text.decode("ascii", "replace")).project}
    return set()
