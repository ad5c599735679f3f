"""`devenv init` and `devenv fmt`: a first spec, and the one layout of all."""

from pathlib import Path

from devenv.errors import FormatError, UsageError
from devenv.formats.spec_format import formatted
from devenv.formats.spec_toml import check_syntax
from devenv.host.create_file import create_whole
from devenv.host.files import read_limited, write_whole
from devenv.host.read_once import is_regular_file
from devenv.operations.find_project import SPEC_FILE, find_project, no_project
from devenv.operations.read_project import LOCAL_SPEC_FILE, MAX_SPEC_BYTES
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProject:
    """A spec that was written, and the project further up that it leaves, if any."""

    path: Path
    around: Path | None


def start_project(folder: Path, text: str) -> NewProject:
    """Write a first `devenv.toml`.

    Raises:
        UsageError: there is one already.
        FormatError: it cannot be written.
    """
    path = folder / SPEC_FILE
    around = find_project(folder)
    try:
        create_whole(path, text.encode())
    except FileExistsError as error:
        raise UsageError(
            f"there is a {SPEC_FILE} already, which init does not touch",
            where=str(path),
            hint="devenv add PKG adds a package to it; devenv check reads it",
        ) from error
    except OSError as error:
        raise FormatError(
            f"the spec cannot be written: {error.strerror}",
            where=str(path),
            hint="choose a folder that you may write to: --project DIR",
        ) from error
    return NewProject(path=path, around=around)


def format_specs(project: Path, *, is_check: bool) -> tuple[Path, ...]:
    """Lay out the specs of a project, its local one, too; return which changed.

    With `is_check` nothing is written.

    Raises:
        NoProjectError: there is none.
        SpecError: one is no TOML.
        FormatError: one cannot be read or written.
    """
    if not is_regular_file(project / SPEC_FILE):
        raise no_project(project.resolve())
    changed = []
    for name in (SPEC_FILE, LOCAL_SPEC_FILE):
        # A link stays a link: what it leads to is written.
        path = (project / name).resolve()
        before = _text(path)
        if before is None:
            continue
        check_syntax(before, file=str(path))
        after = formatted(before)
        if after != before:
            changed.append((path, after))
    if not is_check:
        for path, after in changed:
            _write(path, after)
    return tuple(path for path, _ in changed)


def _text(path: Path) -> str | None:
    try:
        return read_limited(path, max_bytes=MAX_SPEC_BYTES).decode()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise FormatError(
            f"the spec cannot be read: {reason}", where=str(path), hint="devenv check"
        ) from error


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode(), mode=path.stat().st_mode & 0o7777)
    except OSError as error:
        raise FormatError(
            f"the spec cannot be written: {error.strerror}",
            where=str(path),
            hint="look at the rights of the file and its folder",
        ) from error
