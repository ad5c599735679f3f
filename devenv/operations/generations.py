"""`devenv generations`: the environments that a project has had."""

from collections.abc import Mapping
from pathlib import Path

from devenv.errors import StoreError
from devenv.formats.lock_toml import parse_lock
from devenv.model.generation import Generation
from devenv.model.lock import Lock
from devenv.model.lock_diff import LockDiff
from devenv.operations.doors import Doors
from devenv.operations.find_project import require_project
from devenv.operations.open_project import CEILING_VARIABLE
from devenv.plan.generation_sizes import size_of_parts
from devenv.plan.lock_diff import diff_locks
from devenv.store.generations import Generations
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedGeneration:
    """A generation, and what tells it from the one before.

    `diff` is about its own system; for the first one everything is new. `packages`
    are the names of what is locked for it, without what only scripts may need;
    `size_bytes` is None if something of it is gone from the store.
    """

    generation: Generation
    is_current: bool
    is_first: bool
    diff: LockDiff
    packages: tuple[str, ...]
    size_bytes: int | None

    def as_json(self) -> Mapping[str, object]:
        """Return it as `--json` prints it."""
        generation = self.generation
        return {
            "number": generation.number,
            "current": self.is_current,
            "made_at": generation.made_at.isoformat(),
            "system": generation.system,
            "trees": [path.base for path in generation.trees],
            "package_count": len(self.packages),
            "size_bytes": self.size_bytes,
            "changes": self.diff.as_json(),
        }


def project_directory(doors: Doors, named: Path | None) -> str:
    """Return the folder of the project that was named, or else of the one around.

    Its spec is not read: what a project had can be looked at and brought back
    whatever its spec says now.

    Raises:
        NoProjectError: there is none.
    """
    if named is None:
        named = require_project(Path(), ceiling=doors.env.get(CEILING_VARIABLE))
    return str(named.resolve())


def list_generations(doors: Doors, directory: str) -> tuple[ListedGeneration, ...]:
    """Return the generations of a project, by number.

    Raises:
        StoreError: the lock of one is gone or damaged.
    """
    generations = Generations(doors.directories.state, directory)
    current = generations.current()
    listed = []
    before: Lock | None = None
    for generation in generations.all():
        lock = _own_system(lock_of(generations, generation), generation.system)
        listed.append(
            ListedGeneration(
                generation=generation,
                is_current=generation.number == current,
                is_first=before is None,
                diff=diff_locks(before, lock),
                packages=_packages(lock),
                size_bytes=_size(doors, generation),
            )
        )
        before = lock
    return tuple(listed)


def generation_lock(doors: Doors, directory: str, number: int) -> Lock:
    """Return the lock of a project's generation.

    Raises:
        StoreError: there is no such generation, or its lock is damaged.
    """
    generations = Generations(doors.directories.state, directory)
    return lock_of(generations, generations.find(number))


def lock_of(generations: Generations, generation: Generation) -> Lock:
    """Return the lock of a generation; see `generation_lock`."""
    text = generations.lock_text(generation)
    return parse_lock(text, file=f"generation {generation.number}")


def _own_system(lock: Lock, system: str) -> Lock:
    kept = {name: lock.systems[name] for name in lock.systems if name == system}
    return Lock(rules=lock.rules, inputs=lock.inputs, systems=kept)


def _packages(lock: Lock) -> tuple[str, ...]:
    rows = [
        row
        for locked in lock.systems.values()
        for row in (
            *locked.packages,
            *(locked.libraries.packages if locked.libraries else ()),
        )
    ]
    names = {f"{row.input}:{row.name}" for row in rows if not row.is_base}
    return tuple(sorted(names))


def _size(doors: Doors, generation: Generation) -> int | None:
    try:
        return size_of_parts(doors.store.closure(generation.trees))
    except StoreError:
        return None
