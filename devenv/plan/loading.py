"""Whether a program could still be loaded with libraries in front of its own."""

from collections import deque
from collections.abc import Callable

from devenv.model.linkage import Linkage
from devenv.plan.c_library import is_c_library
from devenv.values import dataclass

Find = Callable[[str], Linkage | None]
"""Returns what a loader would take for a SONAME, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakage:
    """Why a program could not be loaded, and which library in front is the cause."""

    library: str
    reason: str

    def __str__(self) -> str:
        return self.reason


def breakage(name: str, program: Linkage, *, front: Find, own: Find) -> Breakage | None:
    """Return the first thing that would keep a program from being loaded, or None.

    Args:
        name: the program's.
        program: what it needs.
        front: the libraries that come first; none that are the program's own.
        own: those that it gets otherwise. What is in neither may be in a folder
            that the program itself names, and is passed over.
    """
    waiting = deque([(name, program, False)])
    seen: set[str] = set()
    while waiting:
        wanter, linkage, is_in_front = waiting.popleft()
        for needed in linkage.needed:
            ahead = front(needed)
            chosen = ahead or own(needed)
            if chosen is None:
                continue
            found = _clash(linkage, needed, chosen)
            if found and is_in_front:
                reason = f"{wanter} there needs {found} of {needed}"
                return Breakage(library=wanter, reason=reason)
            if found and ahead is not None:
                reason = f"{needed} there lacks {found}, which {wanter} needs"
                return Breakage(library=needed, reason=reason)
            if ahead is not None and is_c_library(needed):
                reason = f"{needed} there is not the one that the loader belongs to"
                return Breakage(library=needed, reason=reason)
            if needed not in seen:
                seen.add(needed)
                waiting.append((needed, chosen, ahead is not None))
    return None


def _clash(linkage: Linkage, needed: str, chosen: Linkage) -> str:
    """Return the versions that a library needs of another and does not find there."""
    # A library without any versions is taken for what it is named.
    needs = linkage.version_needs.get(needed, frozenset())
    return ", ".join(sorted(needs - chosen.versions)) if chosen.versions else ""
