"""What a small change of an allowed project is put on top of: trees and a decision."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from devenv.errors import StoreError
from devenv.formats.inputs import parse_third_party_input
from devenv.model.environment import Environment
from devenv.model.project import Project
from devenv.model.systems import SYSTEMS
from devenv.model.trust import Effects, TrustState
from devenv.operations.doors import Surroundings
from devenv.operations.project_reading import ProjectReading, foreign_reason
from devenv.operations.tree_environment import tree_environment
from devenv.operations.trust_records import TrustRecords
from devenv.operations.trust_standing import standing_of
from devenv.plan.completions import completion_folders
from devenv.plan.compose_environment import merged
from devenv.store.generations import Generations
from devenv.values import dataclass, replace

_LIBRARIES = "LD_LIBRARY_PATH"
_Asked = tuple[tuple[object, ...], ...]

RecordMark = tuple[int, int, int]
"""Time, size and inode of the record of a decision: whether it is still that one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a change of variables is put on top of.

    `asks` is all that a lock answers, for every system, but for the bytes of keys:
    of these `keys` has the digests. It holds for one lock, and for one decision of
    the user's, which `record` is the file of. `approved` are the effects agreed to,
    but for packages.
    """

    asks: _Asked
    keys: Mapping[str, str | None]
    lock_sha256: str | None
    device: int
    inode: int
    record: Path
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
    file = TrustRecords.of(doors.env).file_of(project)
    mark = record_mark(file)
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
        keys=_keys(reading.project),
        lock_sha256=reading.lock_file.sha256,
        device=record.device,
        inode=record.inode,
        record=file,
        mark=mark,
        approved=replace(record.effects, packages=(), library_packages=()),
        outer=record.outer,
        trees=trees,
        completions=completion_folders(trees.trees, is_directory=os.path.isdir),
    )


def holds(doors: Surroundings, basis: Basis, reading: ProjectReading) -> bool:
    """Tell whether a reading differs from what a basis is of in no more than it may."""
    return (
        basis.asks == _asks(reading.project)
        and basis.keys.items() <= _digests(reading.project).items()
        and stands(doors, basis, reading)
    )


def stands(doors: Surroundings, basis: Basis, reading: ProjectReading) -> bool:
    """Tell whether project, lock, decision and trees are those that a basis is of."""
    return (
        basis.lock_sha256 == reading.lock_file.sha256
        and (basis.device, basis.inode) == (reading.device, reading.inode)
        and basis.mark == record_mark(basis.record)
        and foreign_reason(doors, reading.directory) is None
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


def _asks(project: Project) -> _Asked:
    spec = project.spec
    names = spec.systems or tuple(each.name for each in SYSTEMS.values())
    return tuple(
        (
            name,
            asked.default_input,
            tuple(item.text for item in asked.requirements),
            tuple(item.text for item in asked.libraries),
            asked.oldest_c_library,
            {item.name: (item.folder, item.table) for item in asked.inputs.values()},
        )
        for name in sorted(names)
        for asked in (project.spec_for(name),)
    )


def _keys(project: Project) -> dict[str, str | None]:
    """Return the digest of each file with the key of an input."""
    digests = _digests(project)
    paths = {
        str(Path(item.folder) / found.key)
        for spec in project.specs.values()
        for item in spec.inputs.values()
        if not (found := parse_third_party_input(item.name, item.table)).has_inline_key
    }
    return {path: digests.get(path) for path in sorted(paths)}


def _digests(project: Project) -> dict[str, str | None]:
    return {file.path: file.sha256 for file in project.files}


def record_mark(record: Path) -> RecordMark | None:
    """Return what tells whether the decision in a file is still the same."""
    try:
        found = record.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
