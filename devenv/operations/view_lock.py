"""A project's lock, to be looked at."""

from pathlib import Path

from devenv.errors import LockError, UnknownPackageError
from devenv.model.lock import LockedSystem
from devenv.operations.doors import Doors
from devenv.operations.lock_files import lock_path
from devenv.operations.lock_mode import LockMode
from devenv.operations.lock_project import ensure_lock
from devenv.operations.open_project import open_project
from devenv.operations.own_rules import resolution_rules
from devenv.plan.lock_graph import LockGraph, graphs_of
from devenv.plan.nearest import meant, nearest_names
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LockView:
    """What a project's lock has for one system.

    `base_set` are the packages that scripts may need unasked.
    """

    project_directory: str
    system: str
    locked: LockedSystem
    graphs: tuple[LockGraph, ...]
    base_set: tuple[str, ...]

    def graphs_with(self, name: str) -> tuple[LockGraph, ...]:
        """Return the graphs that a package is in; `input:name` names one.

        Raises:
            UnknownPackageError: there is none; it names the nearest.
        """
        wanted_input, _, package = name.rpartition(":")
        found = tuple(
            graph
            for graph in self.graphs
            if package in graph.packages and wanted_input in {"", graph.input}
        )
        if not found:
            known = {known for graph in self.graphs for known in graph.packages}
            nearest = nearest_names(known, package, 3)
            raise UnknownPackageError(
                f"{name} is not in the project's environment",
                where=self.project_directory,
                hint=f"did you mean {' or '.join(nearest)}?"
                if nearest
                else "devenv list --all shows what is",
            )
        return found


def view_lock(
    doors: Doors, named: Path | None, mode: LockMode, *, system: str | None = None
) -> LockView:
    """Return the lock of a project, made first if it is out of date.

    Args:
        doors: where things are.
        named: the project's folder, None for the nearest one upward.
        mode: what to do about a lock that is out of date.
        system: the name of the system to look at, None for this machine's.

    Raises:
        NoProjectError, SpecError: the project is not there, or wrong.
        LockError: the lock is wrong, or has nothing for that system.
        ResolutionError, FetchError, SignatureError: it cannot be made.
    """
    project = open_project(doors, named)
    lock = ensure_lock(doors, project, mode)
    name = system or doors.system.name
    if name not in lock.systems:
        raise LockError(
            f"the lock has nothing for {name}, only for"
            f" {' and '.join(sorted(lock.systems)) or 'no system'}",
            where=str(lock_path(project.directory)),
            hint=meant(name, lock.systems)
            or "name one of them (--system), or add it to systems in devenv.toml",
        )
    locked = lock.systems[name]
    return LockView(
        project_directory=project.directory,
        system=name,
        locked=locked,
        graphs=graphs_of(locked),
        base_set=resolution_rules().base,
    )
