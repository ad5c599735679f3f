"""Two sides of a lock as one to start from: the newer of everything."""

from collections.abc import Callable, Iterable

from devenv.model.lock import Answer, Lock, LockedInput, LockedPackage, LockedSystem
from devenv.plan.lock_dates import with_own_dates
from devenv.values import replace

IsNewer = Callable[[str, str], bool]
"""Tells whether the first version is newer than the second."""


def merged_lock(ours: Lock, theirs: Lock, is_newer: IsNewer) -> Lock:
    """Return the union of two locks; of what both have, the newer.

    Its edges may lead to other versions than they ask for: resolve it anew.
    Which side is which makes no difference, except for the order of
    requirements, which the spec gives anyhow.
    """
    inputs = dict(theirs.inputs)
    for name, locked in ours.inputs.items():
        inputs[name] = _newer_input(locked, inputs.get(name, locked))
    ours, theirs = with_own_dates(ours, inputs), with_own_dates(theirs, inputs)
    systems = dict(theirs.systems)
    for name, system in ours.systems.items():
        systems[name] = _merged_system(system, systems.get(name, system), is_newer)
    return Lock(
        rules=max(ours.rules, theirs.rules),
        inputs=dict(sorted(inputs.items())),
        systems=dict(sorted(systems.items())),
    )


def _newer_input(ours: LockedInput, theirs: LockedInput) -> LockedInput:
    return max(
        ours,
        theirs,
        key=lambda locked: (
            max((pocket.date for pocket in locked.pockets), default=None),
            locked.pockets,
            locked.definition,
        ),
    )


def _merged_system(
    ours: LockedSystem, theirs: LockedSystem, is_newer: IsNewer
) -> LockedSystem:
    rows: dict[Answer, LockedPackage] = {}
    for row in (*theirs.packages, *ours.packages):
        key = Answer(input=row.input, package=row.name)
        held = rows.get(key)
        if held is None or _is_newer(row, held, is_newer):
            rows[key] = row
    return LockedSystem(
        requirements={**theirs.requirements, **ours.requirements},
        packages=tuple(row for _, row in sorted(rows.items())),
        libraries=ours.libraries or theirs.libraries,
        default_input=ours.default_input,
    )


def _is_newer(row: LockedPackage, held: LockedPackage, is_newer: IsNewer) -> bool:
    if row.version == held.version:
        return row.sha256 > held.sha256
    return is_newer(row.version, held.version)


def without_unused(lock: Lock) -> Lock:
    """Return a lock without the inputs that nothing is taken from."""
    used = {name for system in lock.systems.values() for name in _inputs_of(system)}
    return replace(lock, inputs={name: lock.inputs[name] for name in sorted(used)})


def _inputs_of(system: LockedSystem) -> Iterable[str]:
    yield from (row.input for row in system.packages)
    if system.libraries is not None:
        yield system.libraries.input
