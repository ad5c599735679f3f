"""Whether a program could still be loaded with libraries in front of its own."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from devenv.model.linkage import Linkage

Find = Callable[[str], Linkage | None]
"""Returns what a loader would take for a SONAME, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakage:
    """Why a program could not be loaded.

    `library` is in front; `other` needs `lacking` versions of it, or is
    without versions that `library` needs of it.
    """

    library: str
    other: str
    lacking: frozenset[str]
    is_needing: bool

    def __str__(self) -> str:
        versions = ", ".join(sorted(self.lacking))
        if self.is_needing:
            return f"{self.library} there needs {versions} of {self.other}"
        return f"{self.library} there lacks {versions}, which {self.other} needs"


def breakage(name: str, program: Linkage, *, front: Find, own: Find) -> Breakage | None:
    """Return the first thing that would keep a program from being loaded, or None.

    Args:
        name: the program's.
        program: what it needs.
        front: the libraries that come first.
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
            if ahead is not None or is_in_front:
                needs = linkage.version_needs.get(needed, frozenset())
                lacking = needs - chosen.versions if chosen.versions else frozenset()
                if lacking:
                    return Breakage(
                        library=wanter if is_in_front else needed,
                        other=needed if is_in_front else wanter,
                        lacking=lacking,
                        is_needing=is_in_front,
                    )
            if needed not in seen:
                seen.add(needed)
                waiting.append((needed, chosen, ahead is not None))
    return None
