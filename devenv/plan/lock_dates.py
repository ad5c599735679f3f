"""When each package of a lock was last seen in its archive.

A package that is kept while its input moves on may have left the archive since;
only a snapshot of the time when it was listed still has it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from devenv.model.lock import Lock, LockedInput, LockedPackage
from devenv.plan.candidates import PackageSet
from devenv.values import replace

IsListed = Callable[[LockedPackage], bool | None]
"""Tells whether the input's index lists a package; None if nobody looked."""


def dated(
    rows: Iterable[LockedPackage],
    before: Iterable[LockedPackage],
    inputs: tuple[Mapping[str, LockedInput], Mapping[str, LockedInput]],
    is_listed: IsListed,
) -> tuple[LockedPackage, ...]:
    """Return `rows`, each with the date when it was last seen if that differs.

    Args:
        rows: what a system's lock has now.
        before: what it had.
        inputs: the revisions of the inputs before, and now.
        is_listed: whether a row stands in the index of now.
    """
    known = {(row.input, row.name, row.sha256): row for row in before}
    old, new = inputs
    return tuple(
        _dated(
            row,
            known.get((row.input, row.name, row.sha256)),
            (pocket_date(old, row), pocket_date(new, row)),
            is_listed=is_listed(row),
        )
        for row in rows
    )


def lists(packages: PackageSet, row: LockedPackage) -> bool:
    """Tell whether an index lists a package with the very same bytes."""
    return any(
        package.sha256 == row.sha256 and package.architecture == row.architecture
        for package in packages.versions(row.name)
    )


def with_own_dates(lock: Lock, inputs: Mapping[str, LockedInput]) -> Lock:
    """Return a lock whose rows keep their dates beside other revisions `inputs`."""
    return replace(
        lock,
        systems={
            name: replace(
                system,
                packages=dated(
                    system.packages,
                    system.packages,
                    (lock.inputs, inputs),
                    lambda _: None,
                ),
            )
            for name, system in lock.systems.items()
        },
    )


def pocket_date(
    inputs: Mapping[str, LockedInput], row: LockedPackage
) -> datetime | None:
    """Return the date that a package's pocket has among `inputs`."""
    pockets = inputs[row.input].pockets if row.input in inputs else ()
    return next((item.date for item in pockets if item.name == row.pocket), None)


def _dated(
    row: LockedPackage,
    before: LockedPackage | None,
    dates: tuple[datetime | None, datetime | None],
    *,
    is_listed: bool | None,
) -> LockedPackage:
    seen = None
    if before is not None and not is_listed:
        old, new = dates
        seen = before.seen or (old if old != new else None)
    return row if row.seen == seen else replace(row, seen=seen)
