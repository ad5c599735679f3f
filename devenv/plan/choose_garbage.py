"""Which garbage goes first where only some of it has to go."""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping

from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadPath:
    """A path that nothing keeps: what its going gives back, and what it refers to."""

    base: str
    made_at: int
    own_bytes: int
    references: tuple[str, ...] = ()


def oldest_up_to(paths: Iterable[DeadPath], wanted_bytes: int) -> list[str]:
    """Return the names of the oldest that together give back `wanted_bytes`.

    What refers to a path goes before it. All of them, if that is not enough.
    """
    dead = {path.base: path for path in paths}
    referrers = _count_referrers(dead)
    ready = [(path.made_at, base) for base, path in dead.items() if not referrers[base]]
    heapq.heapify(ready)
    chosen: list[str] = []
    while ready and wanted_bytes > 0:
        _, base = heapq.heappop(ready)
        chosen.append(base)
        wanted_bytes -= dead[base].own_bytes
        for target in dead[base].references:
            referrers[target] -= 1
            if target in dead and not referrers[target]:
                heapq.heappush(ready, (dead[target].made_at, target))
    return chosen


def _count_referrers(dead: Mapping[str, DeadPath]) -> Counter[str]:
    return Counter(target for path in dead.values() for target in path.references)
