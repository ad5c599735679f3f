"""A project's lock, made from its spec: for every system, on any machine.

What is locked stays as it is as long as the requirements allow. If nothing has
changed that the lock depends on, no index is opened and the lock stays the same.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import Enum

from devenv.build.current_rules import CURRENT_RULES
from devenv.errors import LockError, ResolutionError, SignatureError
from devenv.model.lock import (
    Lock,
    LockedInput,
    LockedLibraries,
    LockedSystem,
)
from devenv.model.project import Project
from devenv.model.spec import Spec
from devenv.model.systems import SYSTEMS, System
from devenv.operations.doors import Doors
from devenv.operations.known_names import name_table
from devenv.operations.lock_files import (
    lock_path,
    read_lock,
    read_lock_to_mend,
    write_lock,
)
from devenv.operations.lock_libraries import lock_libraries
from devenv.operations.lock_system import SystemSolver
from devenv.operations.opened_inputs import OpenedInputs, TalkOnce
from devenv.operations.project_inputs import definitions
from devenv.plan.explain_versions import on_system
from devenv.plan.lock_freshness import asks_for_the_same, libraries_change, staleness
from devenv.plan.lock_merge import without_unused
from devenv.plan.lock_update import NO_UPDATE, Update

_SYSTEMS = {system.name: system for system in SYSTEMS.values()}


class LockMode(Enum):
    """What to do about a lock that is out of date.

    RELOCK makes it anew, LOCKED refuses it, FROZEN does not look.
    """

    RELOCK = "relock"
    LOCKED = "locked"
    FROZEN = "frozen"


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
    doors = replace(doors, display=TalkOnce(display=doors.display))
    with ExitStack() as stack:
        making = _Making(
            doors=doors,
            specs=specs,
            defined=defined,
            previous=previous,
            update=update,
            is_sound=is_sound,
            opened=OpenedInputs(doors=doors, stack=stack),
        )
        return making.lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """A lock in the making; see `make_lock`."""

    doors: Doors
    specs: Mapping[str, Spec]
    defined: Mapping[str, str]
    previous: Lock | None
    update: Update
    is_sound: bool
    opened: OpenedInputs

    def lock(self) -> Lock:
        systems = {name: self._system(name, spec) for name, spec in self.specs.items()}
        keeps_rules = self.previous is not None and not self.update.everything
        return without_unused(
            Lock(
                rules=self.previous.rules
                if self.previous and keeps_rules
                else CURRENT_RULES,
                inputs=self._inputs(),
                systems=systems,
            )
        )

    def _system(self, name: str, spec: Spec) -> LockedSystem:
        system = _SYSTEMS[name]
        previous = self.previous.systems.get(name) if self.previous else None
        settled = self._settled(spec, previous)
        solver = SystemSolver(
            spec=spec,
            open_input=lambda input_name: self.opened.open(spec, system, input_name),
            names=name_table(),
            previous=previous,
            update=self.update,
            settled=settled,
            moved=self._moved(),
            asks_the_same=previous is not None and asks_for_the_same(previous, spec),
            say=self.doors.display.warn,
        )
        try:
            solved = solver.solve()
            libraries = self._libraries(spec, system, previous)
        except (ResolutionError, SignatureError) as error:
            raise on_system(error, name, tuple(self.specs)) from error
        return replace(solved, libraries=libraries)

    def _libraries(
        self, spec: Spec, system: System, previous: LockedSystem | None
    ) -> LockedLibraries | None:
        """Return the libraries: the locked ones if nothing has changed for them."""
        known = previous.libraries if previous else None
        if known is not None:
            is_moved = (
                self.update.moves_input(known.input) or known.input in self._moved()
            )
            kept = self.update.kept(known.packages)
            if is_moved:
                known = None
            elif (
                self.is_sound
                and len(kept) == len(known.packages)
                and libraries_change(known, spec) is None
            ):
                return known
            else:
                known = replace(known, packages=kept)
        found = lock_libraries(self.doors, spec, system, previous=known)
        if found is not None:
            # Their input is among the lock's inputs, in the revision it has now.
            self.opened.open(spec, system, found.input)
        return found

    def _settled(self, spec: Spec, previous: LockedSystem | None) -> frozenset[str]:
        """Return the inputs of which everything stays as it is, without a look.

        With other requirements all inputs are looked at: a compiler that is new
        in one may want a library of another beside it.
        """
        if (
            previous is None
            or self.previous is None
            or not self.is_sound
            or not asks_for_the_same(previous, spec)
        ):
            return frozenset()
        touched = {
            name
            for name in previous.inputs
            if self.update.moves_input(name)
            or len(self.update.kept(previous.of_input(name)))
            < len(previous.of_input(name))
        }
        for item in spec.requirements:
            if self.update.moves_requirement(item.text, item.requirement.name):
                touched |= {one.input for one in previous.requirements[item.text]}
        return frozenset(previous.inputs) - touched - self._moved()

    def _moved(self) -> frozenset[str]:
        """Return the inputs that are defined in another way than they were."""
        if self.previous is None:
            return frozenset()
        return frozenset(
            name
            for name, locked in self.previous.inputs.items()
            if locked.definition != self.defined.get(name, "")
        )

    def _inputs(self) -> dict[str, LockedInput]:
        """Return the revision of each input: that of now where it was opened."""
        before = self.previous.inputs if self.previous else {}
        return {
            **before,
            **{
                name: LockedInput(
                    name=name,
                    pockets=locked.pockets,
                    definition=self.defined.get(name, ""),
                )
                for name, locked in self.opened.locked.items()
            },
        }
