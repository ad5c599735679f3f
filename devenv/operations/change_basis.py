"""What a small change of an allowed project is put on top of: trees and a decision."""

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from devenv.errors import StoreError
from devenv.model.environment import Environment
from devenv.model.project import Project
from devenv.model.systems import SYSTEMS
from devenv.model.trust import Effects, TrustState
from devenv.operations.doors import Surroundings
from devenv.operations.project_inputs import definitions
from devenv.operations.project_reading import ProjectReading, foreign_reason
from devenv.operations.tree_environment import tree_environment
from devenv.operations.trust_records import TrustRecords
from devenv.operations.trust_standing import standing_of
from devenv.plan.completions import completion_folders
from devenv.plan.compose_environment import merged
from devenv.store.generations import Generations
from devenv.values import dataclass, replace

_LIBRARIES = "LD_LIBRARY_PATH"

RecordMark = tuple[int, int, int]
"""Time, size and inode of the record of a decision: whether it is still that one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a change of variables is put on top of.

    It holds for one lock, one set of what is asked for, and one decision of the
    user's. `approved` are the effects agreed to, but for packages.
    """

    asks: str
    lock_sha256: str | None
    device: int
    inode: int
    mark: RecordMark
    approved: Effects
    outer: Mapping[str, str | None]
    trees: Environment
    completions: Mapping[str, tuple[str, ...]]


def find_basis(doors: Surroundings, reading: ProjectReading) -> Basis | None:
    """Return what later changes may be put on top of; None if there is nothing.

    The project must stand there as it was agreed to, byte by byte, and its current
    generation must be that of its lock.
    """
    project = reading.directory
    mark = record_mark(doors, project)
    standing = standing_of(doors, Path(project))
    record = standing.record
    if mark is None or record is None or standing.state is not TrustState.ALLOWED:
        return None
    if record.digest != reading.digest or doors.configuration.trust.worktrees:
        return None
    trees = _environment_of_trees(doors, reading, record.effects)
    if trees is None:
        return None
    return Basis(
        asks=_asks(reading.project),
        lock_sha256=reading.lock_file.sha256,
        device=record.device,
        inode=record.inode,
        mark=mark,
        approved=replace(record.effects, packages=(), library_packages=()),
        outer=record.outer,
        trees=trees,
        completions=completion_folders(trees.trees, is_directory=os.path.isdir),
    )


def holds(doors: Surroundings, basis: Basis, reading: ProjectReading) -> bool:
    """Tell whether a reading differs from what a basis is of in no more than it may."""
    return (
        basis.lock_sha256 == reading.lock_file.sha256
        and (basis.device, basis.inode) == (reading.device, reading.inode)
        and basis.mark == record_mark(doors, reading.directory)
        and basis.asks == _asks(reading.project)
        and foreign_reason(doors, Path(reading.directory)) is None
        and all(map(os.path.isdir, basis.trees.trees))
    )


def _environment_of_trees(
    doors: Surroundings, reading: ProjectReading, effects: Effects
) -> Environment | None:
    """Return what the current generation's trees ask for, if it is of this lock."""
    generations = Generations(doors.directories.state, reading.directory)
    number = generations.current()
    if number is None:
        return None
    with suppress(StoreError):
        found = generations.find(number)
        is_same = found.lock_sha256 == reading.lock_file.sha256
        if not is_same or found.system != doors.system.name:
            return None
        paths = [doors.directories.store / path.base for path in found.trees]
        count = len(effects.trees)
        if len(paths) - count not in {0, 1} or not all(map(os.path.isdir, paths)):
            return None
        trees = merged([tree_environment(doors.system, path) for path in paths[:count]])
        prepend = dict(trees.prepend)
        if libraries := paths[count:]:
            prepend[_LIBRARIES] = (str(libraries[0]),)
        return replace(trees, prepend=prepend)
    return None


def _asks(project: Project) -> str:
    """Return a digest over all that a lock answers, for every system."""
    names = project.spec.systems or tuple(each.name for each in SYSTEMS.values())
    specs = {name: project.spec_for(name) for name in sorted(names)}
    asked = {
        name: (
            spec.default_input,
            [item.text for item in spec.requirements],
            [item.text for item in spec.libraries],
            spec.oldest_c_library,
        )
        for name, spec in specs.items()
    }
    whole = json.dumps([asked, definitions(project, specs)], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def record_mark(doors: Surroundings, project: str) -> RecordMark | None:
    """Return what tells whether the decision about a project is still the same."""
    try:
        found = TrustRecords.of(doors.env).file_of(project).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
