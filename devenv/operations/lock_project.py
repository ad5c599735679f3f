"""A project's lock, made from its spec: for every system, on any machine.

What is locked stays as it is as long as the requirements allow. If nothing has
changed that the lock depends on, no index is opened and the lock stays the same.
"""

from collections.abc import Mapping
from contextlib import ExitStack

from devenv.errors import LockError
from devenv.model.lock import Lock
from devenv.model.project import Project
from devenv.model.spec import Spec
from devenv.model.systems import SYSTEMS
from devenv.operations.doors import Doors
from devenv.operations.lock_files import (
    lock_path,
    read_lock,
    read_lock_to_mend,
    write_lock,
)
from devenv.operations.lock_mode import LockMode
from devenv.operations.project_inputs import definitions
from devenv.plan.lock_freshness import staleness
from devenv.plan.lock_update import NO_UPDATE, Update
from devenv.values import replace

_SYSTEMS = {system.name: system for system in SYSTEMS.values()}


def ensure_lock(doors: Doors, project: Project, mode: LockMode) -> Lock:
    """Return the project's lock, made and written if that is wanted.

    Raises:
        LockError: it is wrong, or out of date (or missing) and must not be made.
        ResolutionError: the spec cannot be met.
        FetchError, SignatureError: an index cannot be had or trusted.
    """
    path = lock_path(project.directory)
    if mode is not LockMode.RELOCK:
        lock = read_lock(path)
        if lock is None:
            raise LockError(
                "the project has no lock", where=str(path), hint="run `devenv lock`"
            )
        if mode is LockMode.LOCKED:
            check_fresh(project, lock)
        return lock
    before, was_in_conflict = read_lock_to_mend(path)
    lock = make_lock(doors, project, before, is_sound=not was_in_conflict)
    if lock != before or was_in_conflict:
        write_lock(path, lock)
    return lock


def check_fresh(project: Project, lock: Lock) -> None:
    """Refuse a lock that does not answer the project's spec.

    Raises:
        LockError: it is out of date; it says why.
    """
    reason = why_stale(project, lock)
    if reason is not None:
        raise LockError(
            f"the lock is out of date: {reason}",
            where=str(lock_path(project.directory)),
            hint="run `devenv lock`",
        )


def why_stale(project: Project, lock: Lock) -> str | None:
    """Return why a lock does not answer a project's spec; None if it does."""
    specs = locked_specs(project)
    return staleness(lock, specs, definitions(project, specs))


def locked_specs(project: Project) -> Mapping[str, Spec]:
    """Return the specs of the systems that a project locks, by name."""
    systems = project.spec.systems or tuple(_SYSTEMS)
    return {name: project.spec_for(name) for name in sorted(systems)}


def make_lock(
    doors: Doors,
    project: Project,
    previous: Lock | None,
    *,
    update: Update = NO_UPDATE,
    is_sound: bool = True,
) -> Lock:
    """Return the lock that a project's spec asks for; nothing is written.

    Args:
        doors: the network, the cache, the clock.
        project: what was read.
        previous: what is kept as far as that is possible.
        update: what is not kept.
        is_sound: whether `previous` fits together; both sides of a conflict do
            not, so that everything is resolved.

    Raises:
        ResolutionError: the spec cannot be met on one of its systems.
        FetchError, SignatureError: an index cannot be had or trusted.
    """
    specs = locked_specs(project)
    defined = definitions(project, specs)
    is_kept = previous is not None and is_sound and update == NO_UPDATE
    if is_kept and previous and staleness(previous, specs, defined) is None:
        return previous
    # Only for a lock that has to be made: the solver, and all that reads archives.
    from devenv.operations.lock_making import LockMaking  # noqa: PLC0415
    from devenv.operations.opened_inputs import OpenedInputs, TalkOnce  # noqa: PLC0415

    doors = replace(doors, display=TalkOnce(display=doors.display))
    with ExitStack() as stack:
        making = LockMaking(
            doors=doors,
            specs=specs,
            defined=defined,
            previous=previous,
            update=update,
            is_sound=is_sound,
            opened=OpenedInputs(doors=doors, stack=stack),
        )
        return making.lock()
