"""Compare two locks, package by package."""

from collections.abc import Iterator, Mapping

from devenv.model.lock import Lock, LockedPackage, LockedPocket
from devenv.model.lock_diff import LockDiff, PackageChange, PocketChange

_Key = tuple[str, str]
"""Input and name."""


def diff_locks(before: Lock | None, after: Lock | None) -> LockDiff:
    """Return what differs; None is a lock that is not there, and so is empty.

    A change that is the same on several systems is one.
    """
    return LockDiff(
        pockets=tuple(_pocket_changes(before, after)),
        packages=tuple(_package_changes(before, after)),
        rules_changed=bool(before and after and before.rules != after.rules),
    )


def _pocket_changes(before: Lock | None, after: Lock | None) -> Iterator[PocketChange]:
    old, new = _pockets(before), _pockets(after)
    for name, pocket in sorted(old.keys() | new.keys()):
        was, now = old.get((name, pocket)), new.get((name, pocket))
        if was != now:
            yield PocketChange(
                input=name,
                pocket=pocket,
                before=was.date if was else None,
                after=now.date if now else None,
            )


def _pockets(lock: Lock | None) -> Mapping[_Key, LockedPocket]:
    return {
        (locked.name, pocket.name): pocket
        for locked in (lock.inputs.values() if lock else ())
        for pocket in locked.pockets
    }


def _package_changes(
    before: Lock | None, after: Lock | None
) -> Iterator[PackageChange]:
    names = {*(before.systems if before else ()), *(after.systems if after else ())}
    found: dict[tuple[_Key, str, str], list[PackageChange]] = {}
    for system in sorted(names):
        old, new = _rows(before, system), _rows(after, system)
        requested = _requested(before, system) | _requested(after, system)
        for key in old.keys() | new.keys():
            was, now = old.get(key), new.get(key)
            if (was and was.sha256) != (now and now.sha256):
                change = PackageChange(
                    systems=(system,),
                    before=was,
                    after=now,
                    is_requested=key in requested,
                )
                found.setdefault((key, _version(was), _version(now)), []).append(change)
    for _, changes in sorted(found.items(), key=lambda item: item[0]):
        yield PackageChange(
            systems=tuple(system for change in changes for system in change.systems),
            before=changes[0].before,
            after=changes[0].after,
            is_requested=any(change.is_requested for change in changes),
        )


def _rows(lock: Lock | None, system: str) -> Mapping[_Key, LockedPackage]:
    """Return the packages of a system, those of libraries among them."""
    locked = lock.systems.get(system) if lock else None
    if locked is None:
        return {}
    libraries = locked.libraries.packages if locked.libraries else ()
    return {(row.input, row.name): row for row in (*libraries, *locked.packages)}


def _requested(lock: Lock | None, system: str) -> frozenset[_Key]:
    """Return what was asked for on a system, libraries among it."""
    locked = lock.systems.get(system) if lock else None
    if locked is None:
        return frozenset()
    libraries = locked.libraries
    names = libraries.requirements.values() if libraries else ()
    return frozenset(
        {
            *(
                (answer.input, answer.package)
                for many in locked.requirements.values()
                for answer in many
            ),
            *((libraries.input, name) for name in names if libraries),
        }
    )


def _version(row: LockedPackage | None) -> str:
    return row.version if row else ""
