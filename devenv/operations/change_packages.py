"""`devenv add` and `remove`: the spec's text and the lock change together, or not."""

from collections.abc import Callable, Sequence
from pathlib import Path

from devenv.errors import FormatError, UsageError
from devenv.formats.spec_edit import with_package, without_package
from devenv.host.files import read_limited, write_whole
from devenv.model.project import Project
from devenv.operations.change_lock import LockChange
from devenv.operations.doors import Doors
from devenv.operations.find_project import SPEC_FILE
from devenv.operations.lock_files import lock_path, read_lock_to_mend, write_lock
from devenv.operations.lock_project import make_lock
from devenv.operations.read_project import MAX_SPEC_BYTES, read_project
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecChange:
    """What became of a spec: the file, whether its text changed, and the lock."""

    path: Path
    is_changed: bool
    lock: LockChange


def add_packages(doors: Doors, project: Project, texts: Sequence[str]) -> SpecChange:
    """Add requirements to a project's spec, and lock them.

    Nothing is written before everything is resolved.

    Raises:
        UsageError: one of them is no requirement.
        FormatError, SpecError: the spec cannot be edited.
        ResolutionError, FetchError, SignatureError: it cannot be locked.
    """
    return _changed(doors, project, texts, with_package)


def remove_packages(doors: Doors, project: Project, texts: Sequence[str]) -> SpecChange:
    """Take requirements out of a project's spec, and out of its lock.

    Raises:
        UsageError: the spec does not ask for one of them.
        FormatError, SpecError: the spec cannot be edited.
        ResolutionError, FetchError, SignatureError: it cannot be locked.
    """

    def without(text: str, requirement: str) -> str:
        changed = without_package(text, requirement)
        if changed == text:
            raise _not_asked_for(project, requirement)
        return changed

    return _changed(doors, project, texts, without)


def _changed(
    doors: Doors,
    project: Project,
    texts: Sequence[str],
    edit: Callable[[str, str], str],
) -> SpecChange:
    # A link stays a link: what it leads to is written.
    path = (Path(project.directory) / SPEC_FILE).resolve()
    before = _text(path)
    after = before
    for text in texts:
        after = edit(after, text)
    tried = read_project(
        Path(project.directory),
        system=project.system,
        env=doors.env,
        is_named=True,
        text=after,
    )
    lock_file = lock_path(project.directory)
    locked, was_in_conflict = read_lock_to_mend(lock_file)
    lock = make_lock(doors, tried, locked, is_sound=not was_in_conflict)
    if _text(path) != before:
        raise FormatError(
            "the spec was changed by somebody else meanwhile",
            where=str(path),
            hint="run the same command again",
        )
    is_changed = after != before
    if is_changed:
        _write(path, after)
    is_written = write_lock(lock_file, lock) if lock != locked else False
    return SpecChange(
        path=path,
        is_changed=is_changed,
        lock=LockChange(before=locked, after=lock, is_written=is_written),
    )


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode(), mode=path.stat().st_mode & 0o7777)
    except OSError as error:
        raise FormatError(
            f"the spec cannot be written: {error.strerror}",
            where=str(path),
            hint="nothing was changed; make its folder writable, or work in a copy",
        ) from error


def _text(path: Path) -> str:
    return read_limited(path, max_bytes=MAX_SPEC_BYTES).decode()


def _not_asked_for(project: Project, requirement: str) -> UsageError:
    """Return the error for a package that cannot be removed, with where it is."""
    own = f"{project.directory}/{SPEC_FILE}"
    entries = [entry for spec in project.specs.values() for entry in spec.requirements]
    for entry in entries:
        if requirement in {entry.text, entry.requirement.name}:
            return UsageError(
                f"{requirement} is asked for by another file, which is not changed",
                where=str(entry.place),
                hint="take it out there",
            )
    from difflib import get_close_matches  # noqa: PLC0415 - only to fail

    known = sorted({entry.text for entry in entries})
    nearest = get_close_matches(requirement, known, n=1)
    return UsageError(
        f"the project does not ask for {requirement}",
        where=own,
        hint=f"did you mean {nearest[0]}?"
        if nearest
        else f"it asks for {', '.join(known) or 'nothing'}",
    )
