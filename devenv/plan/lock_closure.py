"""What locked packages reach by their edges."""

from collections.abc import Iterable, Mapping

from devenv.model.lock import LockedPackage


def closure(rows: Mapping[str, LockedPackage], names: Iterable[str]) -> frozenset[str]:
    """Return `names` and everything they need, however far.

    `rows` are the packages of one input by name; every edge leads to one of
    them (the reader of locks holds that).
    """
    waiting = list(names)
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(rows[name].needed_names)
    return frozenset(reached)
