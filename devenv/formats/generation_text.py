"""What changed from one generation to the next, in one line."""

from collections.abc import Sequence

from devenv.formats.quantities import counted
from devenv.model.lock_diff import LockDiff, PackageChange

MOST_SHOWN = 4


def changes_text(diff: LockDiff) -> str:
    """Return the changes of a generation in few words.

    What was asked for and what that needs goes first; of the base set, which comes
    along for scripts, only the count is told, and only if nothing else changed.
    """
    changes = [change for change in diff.packages if not change.row.is_base]
    shown = ", ".join(map(_change, changes[:MOST_SHOWN]))
    left = len(changes) - MOST_SHOWN
    if left > 0:
        return f"{shown} and {left} more"
    if shown:
        return shown
    if diff.packages:
        return f"{counted(len(diff.packages), 'package')} of the base set changed"
    return _without_packages(diff)


def first_text(names: Sequence[str]) -> str:
    """Return what the first generation has, in few words."""
    return counted(len(names), "package")


def _change(change: PackageChange) -> str:
    name = change.row.name
    match change.before, change.after:
        case None, after if after is not None:
            return f"+{name} {after.version}"
        case before, None if before is not None:
            return f"-{name}"
        case before, after if before is not None and after is not None:
            if before.version != after.version:
                return f"{name} {before.version} -> {after.version}"
    return f"{name} (other bytes)"


def _without_packages(diff: LockDiff) -> str:
    if diff.rules_changed:
        return "the same packages, made by other rules"
    if diff.pockets:
        return "the same packages, of newer indexes"
    return "the same packages, in another environment"
