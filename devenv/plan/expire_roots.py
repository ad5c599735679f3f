"""Which roots have had their time, and why: ad-hoc, of generations, of what is gone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from devenv.values import dataclass

AD_HOC_LIFETIME = timedelta(days=14)
"""How long an ad-hoc environment is kept after its last use (design.md 8)."""

GONE_GRACE = timedelta(days=30)
"""How long a project is kept that is not there: its disk may only be elsewhere."""

CLOCK_TOLERANCE = timedelta(days=1)

START_TOLERANCE = timedelta(minutes=1)
"""When a process began is told in ticks since a start that is known to the second."""


class Purpose(StrEnum):
    """What a root was made for."""

    AD_HOC = "ad-hoc"
    GENERATION = "generation"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class RootState:
    """A root, and what there is now of what it was made for.

    Generations of one project have its folder as `label`, and a `number`, of which
    the highest is the newest; one of them `is_current`. `is_there` tells of a
    project's folder whether it has a spec, of a link whether it still points to what
    the root keeps. `gone_since` is when that was first seen not to be so. In a
    project's folder a process stands that runs since `stood_in_since`, if one does:
    the first of several.
    """

    name: str
    purpose: Purpose
    label: str
    last_used: datetime
    number: int = 0
    is_current: bool = False
    is_there: bool = True
    gone_since: datetime | None = None
    stood_in_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """What the user wants to be dropped besides what is dropped anyway.

    A generation goes if it was not entered for `older_than` and is not one of the
    `keep` newest; what is not given drops nothing by itself. `is_now` leaves projects
    that are gone no time to come back.
    """

    older_than: timedelta | None = None
    keep: int | None = None
    is_now: bool = False


def expired_roots(
    roots: Iterable[RootState], expiry: Expiry, *, now: datetime
) -> dict[str, str]:
    """Return the names of the roots to drop, each with the reason in words.

    Nothing is dropped for its age if some root was used in the future: then the
    clock is wrong now, or was, and no age means anything. The newest and the
    current generation of a project that is there are never dropped, and none that
    a process may have entered which stands in the project.
    """
    everything = list(roots)
    is_clock_right = all(root.last_used <= now + CLOCK_TOLERANCE for root in everything)
    found: dict[str, str] = {}
    generations: dict[str, list[RootState]] = defaultdict(list)
    for root in everything:
        if root.purpose is Purpose.GENERATION:
            generations[root.label].append(root)
        elif root.purpose is Purpose.LINK:
            if not root.is_there:
                found[root.name] = "its link points elsewhere or is gone"
        elif is_clock_right and now - root.last_used > AD_HOC_LIFETIME:
            found[root.name] = f"not used for {(now - root.last_used).days} days"
    for several in generations.values():
        several.sort(key=lambda root: (root.number, root.last_used))
        found |= _of_project(several, expiry, now if is_clock_right else None)
    return found


def _of_project(
    generations: Sequence[RootState], expiry: Expiry, now: datetime | None
) -> dict[str, str]:
    """Drop generations of one project, the newest of which stands last."""
    drop = _superseded if generations[-1].is_there else _gone
    found = drop(generations, expiry, now)
    kept = _may_be_in_use(generations)
    return {name: reason for name, reason in found.items() if name not in kept}


def _may_be_in_use(generations: Sequence[RootState]) -> set[str]:
    """Return which generations a shell may have that stands in the project.

    A shell whose hook has changed its variables does not show that in /proc, but it
    stands in the project. It has what was current when it came, or later.
    """
    since = generations[-1].stood_in_since
    if since is None:
        return set()
    in_order = sorted(generations, key=lambda root: root.last_used)
    before = [root for root in in_order if root.last_used < since - START_TOLERANCE]
    return {root.name for root in in_order[max(len(before) - 1, 0) :]}


def _gone(
    generations: Sequence[RootState], expiry: Expiry, now: datetime | None
) -> dict[str, str]:
    """Drop all generations of a project that has been gone for long enough."""
    since = max(
        (root.gone_since for root in generations if root.gone_since), default=None
    )
    is_over = expiry.is_now or (
        since is not None and now is not None and now - since > GONE_GRACE
    )
    if not is_over:
        return {}
    return {root.name: "its project is gone" for root in generations}


def _superseded(
    generations: Sequence[RootState], expiry: Expiry, now: datetime | None
) -> dict[str, str]:
    """Drop old generations, the newest of which stands last."""
    older_than, found = expiry.older_than, {}
    if expiry.keep is None and older_than is None:
        return {}
    for root in generations[: -max(expiry.keep or 1, 1)]:
        if root.is_current:
            continue
        if older_than is None:
            found[root.name] = f"{expiry.keep} newer generations are kept"
        elif now is not None and now - root.last_used > older_than:
            found[root.name] = f"not entered for {(now - root.last_used).days} days"
    return found
