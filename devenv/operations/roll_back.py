"""`devenv rollback`: an earlier environment of a project, back in use.

What makes a project's environment is its lock; so that is what is put back. The
trees are there, because a generation is a root. The spec is the user's, and stays.
"""

from pathlib import Path

from devenv.errors import LockError, SpecError, StoreError
from devenv.formats.lock_toml import LOCK_NAME, parse_lock
from devenv.host.files import read_limited, write_whole
from devenv.model.generation import Generation
from devenv.model.lock import Lock
from devenv.model.lock_diff import LockDiff
from devenv.operations.doors import Doors
from devenv.operations.generations import lock_of
from devenv.operations.lock_files import MAX_LOCK_BYTES, lock_path
from devenv.operations.lock_project import why_stale
from devenv.operations.read_project import read_project
from devenv.plan.lock_diff import diff_locks
from devenv.store.generations import Generations
from devenv.values import dataclass

_LOCK_MODE = 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    """What going back to a generation would change.

    `before` is the lock's text as it is now, None without one. `mismatch` is what
    the spec asks for otherwise than that generation's lock, in words; None where
    it does not.
    """

    directory: str
    generation: Generation
    before: bytes | None
    after: str
    diff: LockDiff
    system_count: int
    mismatch: str | None

    @property
    def is_locked_so(self) -> bool:
        """Whether the lock is that generation's already."""
        return self.before == self.after.encode()


def plan_rollback(doors: Doors, directory: str, number: int | None) -> Rollback:
    """Return what going back would change; nothing is changed.

    Args:
        doors: the store and the state folder.
        directory: the project's.
        number: of the generation, None for the one before the current one.

    Raises:
        StoreError: there is no such generation, or it is not whole any more.
        LockError: the lock cannot be read.
    """
    generations = Generations(doors.directories.state, directory)
    generation = generations.find(
        _one_before(generations, directory) if number is None else number
    )
    _check_is_whole(doors, generation)
    after = lock_of(generations, generation)
    text = _lock_text(directory)
    return Rollback(
        directory=directory,
        generation=generation,
        before=text,
        after=generations.lock_text(generation),
        diff=diff_locks(_parsed(doors, text), after),
        system_count=len(after.systems),
        mismatch=_mismatch(doors, directory, after),
    )


def roll_back(doors: Doors, planned: Rollback) -> Path | None:
    """Put a generation's lock in place; the generation is the current one then.

    Returns:
        Where the lock that was there is now, if it was that of no generation:
        then nobody else has it.

    Raises:
        StoreError: a collection has let the generation go in the meantime.
        LockError: the lock has changed since it was looked at, or cannot be written.
    """
    generations = Generations(doors.directories.state, planned.directory)
    path = lock_path(planned.directory)
    if _lock_text(planned.directory) != planned.before:
        raise LockError(
            "the lock has changed in the meantime",
            where=str(path),
            hint="run the command again",
        )
    generations.make_current(planned.generation.number, now=doors.clock.now())
    aside = None
    if planned.before is not None and not generations.knows_lock(planned.before):
        aside = generations.put_aside(planned.before)
    if not planned.is_locked_so:
        try:
            # A link stays a link: what it leads to is written.
            write_whole(path.resolve(), planned.after.encode(), mode=_LOCK_MODE)
        except OSError as error:
            raise LockError(
                f"the lock cannot be written: {error.strerror}", where=str(path)
            ) from error
    return aside


def _one_before(generations: Generations, directory: str) -> int:
    current = generations.current()
    numbers = [one.number for one in generations.all()]
    earlier = [number for number in numbers if current and number < current]
    if not earlier:
        raise StoreError(
            "there is no generation before the current one"
            if current
            else "the project has no current generation",
            where=directory,
            hint="`devenv generations` shows those that are there: devenv rollback N",
        )
    return max(earlier)


def _check_is_whole(doors: Doors, generation: Generation) -> None:
    try:
        doors.store.closure(generation.trees)
    except StoreError as error:
        raise StoreError(
            f"generation {generation.number} is not whole: {error.what}",
            where=error.where,
            hint="`devenv store repair` makes it again where it can",
        ) from error


def _lock_text(directory: str) -> bytes | None:
    path = lock_path(directory)
    try:
        return read_limited(path, max_bytes=MAX_LOCK_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LockError(
            f"the lock cannot be read: {error.strerror}", where=str(path)
        ) from error


def _parsed(doors: Doors, text: bytes | None) -> Lock | None:
    """Return a lock for comparison; one that is wrong is as good as none."""
    if text is None:
        return None
    try:
        return parse_lock(text.decode("utf-8", "replace"), file=LOCK_NAME)
    except LockError as error:
        doors.display.warn(f"the lock as it is cannot be used: {error.what}")
        return None


def _mismatch(doors: Doors, directory: str, lock: Lock) -> str | None:
    try:
        project = read_project(
            Path(directory), system=doors.system.name, env=doors.env, is_named=True
        )
    except SpecError as error:
        return f"it is wrong: {error.what}"
    return why_stale(project, lock)
