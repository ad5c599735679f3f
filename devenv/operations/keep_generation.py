"""An environment that was made becomes a generation of its project."""

import os
from collections.abc import Iterable, Sequence

from devenv import hashes
from devenv.formats.lock_toml import render_lock
from devenv.model.generation import Generation
from devenv.model.lock import Lock, LockedLibraries
from devenv.model.project import Project
from devenv.model.store_path import StorePath, canonical_json
from devenv.operations.doors import Doors
from devenv.operations.locked_package import as_package
from devenv.operations.unpacked_package import unpacked_path
from devenv.store.generations import Generations
from devenv.store.session import Session


def keep_generation(
    doors: Doors,
    session: Session,
    project: Project,
    lock: Lock,
    trees: Sequence[StorePath],
) -> Generation:
    """Keep an environment alive as a generation of its project; it is current.

    The packages of `libraries` that were looked at stay, too: without them it could
    not be entered again without a network.

    Args:
        doors: the store and the state folder.
        session: keeps the trees until the generation does.
        project: whose environment it is.
        lock: what it was made from.
        trees: the environment's, in the order of PATH, the folder of libraries last.
    """
    text = render_lock(lock)
    made = Generation(
        number=0,
        project=project.directory,
        system=doors.system.name,
        made_at=doors.clock.now(),
        trees=tuple(trees),
        lock_sha256=hashes.sha256(text.encode()).hexdigest(),
        spec_sha256=spec_digest(project),
    )
    libraries = lock.systems[doors.system.name].libraries
    looked_at = [] if libraries is None else _valid_packages(doors, session, libraries)
    generations = Generations(doors.directories.state, project.directory)
    return generations.remember(made, text, kept=[*trees, *looked_at])


def spec_digest(project: Project) -> str:
    """Return a digest over the files of a project's spec, wherever it lies."""
    names = {file.path for file in project.spec_files}
    found = {
        os.path.relpath(file.path, project.directory): file.sha256
        for file in project.files
        if file.path in names
    }
    return hashes.sha256(canonical_json(found).encode("ascii")).hexdigest()


def _valid_packages(
    doors: Doors, session: Session, locked: LockedLibraries
) -> Iterable[StorePath]:
    paths = [unpacked_path(as_package(row)) for row in locked.packages]
    session.keep(paths)
    return [path for path in paths if doors.store.info(path) is not None]
