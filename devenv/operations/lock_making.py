"""A lock in the making: every system solved, and what they have in common."""

from collections.abc import Mapping, Sequence

from devenv.build.current_rules import CURRENT_RULES
from devenv.errors import DevenvError, ResolutionError, SignatureError
from devenv.model.lock import (
    Lock,
    LockedInput,
    LockedLibraries,
    LockedPackage,
    LockedSystem,
)
from devenv.model.spec import Spec
from devenv.model.systems import SYSTEMS, System
from devenv.operations.doors import Doors
from devenv.operations.known_names import name_table
from devenv.operations.lock_libraries import lock_libraries
from devenv.operations.lock_system import SystemSolver
from devenv.operations.opened_inputs import OpenedInputs
from devenv.plan.explain_versions import on_system
from devenv.plan.lock_dates import dated, lists
from devenv.plan.lock_freshness import asks_for_the_same, libraries_change
from devenv.plan.lock_merge import without_unused
from devenv.plan.lock_update import Update
from devenv.values import dataclass, replace

_SYSTEMS = {system.name: system for system in SYSTEMS.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class LockMaking:
    """All that a lock is made from; see `lock_project.make_lock`."""

    doors: Doors
    specs: Mapping[str, Spec]
    defined: Mapping[str, str]
    previous: Lock | None
    update: Update
    is_sound: bool
    opened: OpenedInputs

    def lock(self) -> Lock:
        """Resolve every system.

        Raises:
            ResolutionError: the spec cannot be met on one of them.
            FetchError, SignatureError: an index cannot be had or trusted.
        """
        systems = self._systems()
        inputs = self._inputs()
        keeps_rules = self.previous is not None and not self.update.everything
        return without_unused(
            Lock(
                rules=self.previous.rules
                if self.previous and keeps_rules
                else CURRENT_RULES,
                inputs=inputs,
                systems={
                    name: self._dated(name, system, inputs)
                    for name, system in systems.items()
                },
            )
        )

    def _systems(self) -> dict[str, LockedSystem]:
        """Solve every system; what fails on all of them is not about one."""
        solved: dict[str, LockedSystem] = {}
        failed: dict[str, DevenvError] = {}
        for name, spec in self.specs.items():
            try:
                solved[name] = self._system(name, spec)
            except (ResolutionError, SignatureError) as error:
                failed[name] = error
        if not failed:
            return solved
        name, first = next(iter(failed.items()))
        if not solved and all(error.what == first.what for error in failed.values()):
            raise first
        raise on_system(first, name, tuple(self.specs)) from first

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
        solved = solver.solve()
        libraries = self._libraries(spec, system, previous)
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

    def _dated(
        self, name: str, system: LockedSystem, inputs: Mapping[str, LockedInput]
    ) -> LockedSystem:
        """Return a system with the dates of what its archives may have dropped."""
        before = self.previous.systems.get(name) if self.previous else None
        if self.previous is None or before is None:
            return system
        known = self.previous.inputs
        libraries = before.libraries.packages if before.libraries else ()

        def dates(
            rows: Sequence[LockedPackage], old: Sequence[LockedPackage]
        ) -> tuple[LockedPackage, ...]:
            return dated(
                rows, old, (known, inputs), lambda row: self._is_listed(name, row)
            )

        found = replace(system, packages=dates(system.packages, before.packages))
        if system.libraries is None:
            return found
        rows = dates(system.libraries.packages, libraries)
        return replace(found, libraries=replace(system.libraries, packages=rows))

    def _is_listed(self, system: str, row: LockedPackage) -> bool | None:
        opened = self.opened.known(system, row.input)
        return None if opened is None else lists(opened.universe, row)

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
