"""`devenv lock`, `update` and `diff`: a lock before and after."""

from collections.abc import Sequence
from pathlib import Path

from devenv.errors import LockError, UsageError
from devenv.formats.lock_toml import LOCK_NAME, parse_lock
from devenv.model.lock import Lock
from devenv.model.lock_diff import LockDiff
from devenv.model.project import Project
from devenv.operations.doors import Doors
from devenv.operations.generations import generation_lock
from devenv.operations.lock_files import (
    lock_path,
    read_lock,
    read_lock_to_mend,
    write_lock,
)
from devenv.operations.lock_project import make_lock
from devenv.plan.lock_diff import diff_locks
from devenv.plan.lock_update import Update, requirement_name
from devenv.values import dataclass, replace

_GIT_SECONDS = 30
_LAST_COMMIT = "HEAD"


@dataclass(frozen=True, slots=True, kw_only=True)
class LockChange:
    """A lock as it was, None if there was none, and as it is (or would be)."""

    before: Lock | None
    after: Lock
    is_written: bool

    @property
    def diff(self) -> LockDiff:
        """What has changed."""
        return diff_locks(self.before, self.after)


def lock_now(doors: Doors, project: Project) -> LockChange:
    """Bring the project's lock up to date, and keep what it has where possible.

    A merge conflict in it is solved anew from both sides.

    Raises:
        LockError: it is wrong, or cannot be written.
        ResolutionError, FetchError, SignatureError: it cannot be made.
    """
    path = lock_path(project.directory)
    before, was_in_conflict = read_lock_to_mend(path)
    after = make_lock(doors, project, before, is_sound=not was_in_conflict)
    # What was in conflict is written in any case: its text is not that of a lock.
    is_written = (
        write_lock(path, after) if after != before or was_in_conflict else False
    )
    return LockChange(before=before, after=after, is_written=is_written)


def update_lock(
    doors: Doors, project: Project, names: Sequence[str], *, is_trial: bool = False
) -> LockChange:
    """Take the newest of everything, or of the inputs and packages in `names`.

    The indexes are compared with their archives first, unless that is forbidden.
    With `is_trial` nothing is written.

    Raises:
        UsageError: a name is neither an input nor a package of the lock.
        LockError: the lock is wrong, or cannot be written.
        ResolutionError, FetchError, SignatureError: it cannot be made.
    """
    path = lock_path(project.directory)
    before, was_in_conflict = read_lock_to_mend(path)
    if names:
        _check_names(before or _project_lock(project), names)
    after = make_lock(
        replace(doors, refresh=not doors.offline),
        project,
        before,
        update=Update(everything=not names, names=_freed(before, names)),
        is_sound=not was_in_conflict,
    )
    is_written = False if is_trial else write_lock(path, after)
    return LockChange(before=before, after=after, is_written=is_written)


def compare_locks(
    doors: Doors, project: Project | None, texts: Sequence[str]
) -> LockChange:
    """Return the change from one lock to another.

    Each text is the number of a generation of the project, a file, or a revision of
    the git repository that the project is in. With one, it is compared with the
    project's lock; with none, what was committed last is.

    Raises:
        LockError, StoreError: one of them is not there, or wrong.
        UsageError: there are more than two, or there is no project.
    """
    if len(texts) > 2:  # noqa: PLR2004 - a before and an after
        raise UsageError("diff compares two locks", hint="devenv diff [LOCK] [LOCK]")
    before = _named_lock(doors, project, texts[0] if texts else _LAST_COMMIT)
    if len(texts) > 1:
        after = _named_lock(doors, project, texts[1])
    else:
        after = _project_lock(project)
    return LockChange(before=before, after=after, is_written=False)


def _check_names(lock: Lock, names: Sequence[str]) -> None:
    known: set[str] = set(lock.inputs)
    for system in lock.systems.values():
        rows = (
            *system.packages,
            *(system.libraries.packages if system.libraries else ()),
        )
        known |= {row.name for row in rows}
        known |= {*system.requirements, *map(requirement_name, system.requirements)}
    for name in names:
        if name not in known:
            from difflib import get_close_matches  # noqa: PLC0415 - only to fail

            nearest = get_close_matches(name, sorted(known), n=1)
            raise UsageError(
                f"the lock has no input and no package called {name!r}",
                hint=f"did you mean {nearest[0]}?"
                if nearest
                else "`devenv list` shows what it has",
            )


def _freed(lock: Lock | None, names: Sequence[str]) -> frozenset[str]:
    """Return `names`, and the packages that stand for requirements among them."""
    found = set(names)
    for system in lock.systems.values() if lock else ():
        for text, answers in system.requirements.items():
            if found.intersection({text, requirement_name(text)}):
                found |= {answer.package for answer in answers}
    return frozenset(found)


def _project_lock(project: Project | None) -> Lock:
    if project is None:
        raise UsageError(
            "there is no project here, so that two locks have to be named",
            hint="devenv diff LOCK LOCK",
        )
    path = lock_path(project.directory)
    lock = read_lock(path)
    if lock is None:
        raise LockError(
            "the project has no lock", where=str(path), hint="run `devenv lock`"
        )
    return lock


def _named_lock(doors: Doors, project: Project | None, text: str) -> Lock:
    if project is not None and text.isdecimal() and text.isascii():
        return generation_lock(doors, project.directory, int(text))
    path = Path(text)
    if path.is_dir():
        path /= LOCK_NAME
    lock = read_lock(path) if path.is_file() else None
    if lock is not None:
        return lock
    folder = Path(project.directory) if project else Path.cwd()
    name = f"{text}:./{LOCK_NAME}"
    # `--` is for paths; a revision that begins with a dash would be an option.
    argv = ["git", "show", "--end-of-options", name]
    from devenv.host.process import run  # noqa: PLC0415 - subprocess, only to ask git

    found = run(argv, env=doors.env, cwd=folder, timeout_seconds=_GIT_SECONDS)
    if found.status and text == _LAST_COMMIT:
        raise LockError(
            "no lock was committed here, so that there is nothing to compare with",
            where=str(folder),
            hint="name another lock, or a generation: devenv diff 3",
        )
    if found.status:
        raise LockError(
            f"{text} is neither a lock nor a git revision that has one",
            where=str(folder),
            hint="name the file of a lock, or a commit: devenv diff main",
        )
    return parse_lock(found.stdout.decode("utf-8", "replace"), file=name)
