"""Which version to ask for, of those that the archive has."""

from collections.abc import Sequence

from devenv.model.version_range import Numbers, VersionRange, version_numbers
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What stands behind the `@` ("" for any version), and what is to be said of it.

    `is_right` tells that it is one of those that were asked for.
    """

    version: str = ""
    remark: str = ""
    is_right: bool = True


def choose_version(wanted: Sequence[VersionRange], available: Sequence[str]) -> Choice:
    """Return the version to ask for.

    Args:
        wanted: what the project's files ask for; the first counts most.
        available: the upstream versions there are: first the one that is meant
            without a version, then in the order in which inputs are asked.
    """
    closed = [each for each in wanted if not each.is_open]
    if not closed or not available:
        return Choice()
    numbers = [version_numbers(version) for version in available]
    first = closed[0]
    for asked in (closed, closed[:1]):
        for number, version in zip(numbers, available, strict=True):
            if all(each.has(number) for each in asked):
                remark = "" if asked is closed else "other files ask for other versions"
                is_default = version == available[0]
                return Choice(
                    version=_written(first, number, numbers, is_default=is_default),
                    remark=remark,
                )
    target = first.pinned or first.alternatives[0].low
    nearest = min(numbers, key=lambda number: _distance(number, target))
    version = available[numbers.index(nearest)]
    return Choice(
        version=_shortest(nearest, numbers),
        remark=f"the archive has {version}, which is the nearest",
        is_right=False,
    )


def unchecked_version(wanted: Sequence[VersionRange]) -> Choice:
    """Return what to ask for where no package list could be looked into."""
    for each in wanted:
        if each.pinned:
            return Choice(
                version=_dotted(each.pinned), remark="versions were not looked up"
            )
    return Choice()


def _written(
    wanted: VersionRange,
    chosen: Numbers,
    others: Sequence[Numbers],
    *,
    is_default: bool,
) -> str:
    if wanted.pinned:
        return _dotted(wanted.pinned)
    return "" if is_default else _shortest(chosen, others)


def _shortest(chosen: Numbers, others: Sequence[Numbers]) -> str:
    """Return as many of its numbers as tell a version from all others."""
    for count in (1, 2):
        head = chosen[:count]
        if all(other == chosen or other[:count] != head for other in others):
            return _dotted(head)
    return _dotted(chosen[:2])


def _distance(number: Numbers, target: Numbers) -> tuple[tuple[int, bool], ...]:
    """Return how far a version is; of two equally far ones the newer is nearer."""
    width = max(len(number), len(target))
    pairs = zip(
        (*number, *[0] * (width - len(number))),
        (*target, *[0] * (width - len(target))),
        strict=True,
    )
    return tuple((abs(one - other), one < other) for one, other in pairs)


def _dotted(numbers: Numbers) -> str:
    return ".".join(str(number) for number in numbers)
