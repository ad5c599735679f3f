"""Version constraints as the files of many tools have them.

`20`, `3.11.4`, `20.x`, `>=3.9,<3.13`, `^20.1`, `~1.2`, `~> 3.2`, `~=3.9`, `!=3.9.1`,
`18 || 20`, `1.2 - 1.4`. A plain number means every version that begins with it.
What a tool means by another name (`lts/*`, `stable`) is no number: any will do.
"""

import re
from collections.abc import Callable

from devenv.model.version_range import (
    Interval,
    Numbers,
    VersionRange,
    version_numbers,
)

_ANY = re.compile(r"|\*|x|latest|stable|node|lts(/.*)?|system|current", re.IGNORECASE)
_CLAUSE = re.compile(
    r"\s*(?P<operator>>=|<=|===?|!=|~>|~=|>|<|\^|~|=)?\s*"
    r"v?(?P<numbers>\d+(?:\.\d+)*)(?P<rest>(?:\.[x*])*[a-z0-9+-]*)\s*,?",
    re.IGNORECASE,
)
_HYPHEN = re.compile(r"\s*v?(\d[\d.]*)\s+-\s+v?(\d[\d.]*)\s*")
_MAX_CHARACTERS = 200


def parse_version_range(text: str) -> VersionRange | None:
    """Return what a constraint means, None if it is not understood."""
    found = []
    if len(text) > _MAX_CHARACTERS:
        return None
    for part in re.split(r"\|\|?", text.strip().strip("\"'")):
        interval = _alternative(part.strip())
        if interval is None:
            return None
        found.append(interval)
    return VersionRange(alternatives=tuple(found))


def _alternative(text: str) -> Interval | None:
    if _ANY.fullmatch(text):
        return Interval()
    hyphen = _HYPHEN.fullmatch(text)
    if hyphen:
        return Interval(
            low=version_numbers(hyphen[1]), high=_next(version_numbers(hyphen[2]))
        )
    found = Interval()
    position = 0
    while position < len(text):
        match = _CLAUSE.match(text, position)
        if match is None:
            return None
        clause = _clause(match["operator"] or "", version_numbers(match["numbers"]))
        found = _both(found, clause)
        position = match.end()
    return found


def _clause(operator: str, numbers: Numbers) -> Interval:
    end = _END_OF.get(operator)
    if end is not None:
        return Interval(low=numbers, high=end(numbers))
    match operator:
        case "<":
            return Interval(high=numbers)
        case "<=":
            return Interval(high=_next(numbers))
        case "!=":
            return Interval()
        case _:
            return Interval(low=numbers, high=_next(numbers), is_pinned=True)


def _caret_end(numbers: Numbers) -> Numbers:
    for count, number in enumerate(numbers, start=1):
        if number:
            return _next(numbers[:count])
    return _next(numbers)


def _both(one: Interval, other: Interval) -> Interval:
    ends = [end for end in (one.high, other.high) if end is not None]
    return Interval(
        low=max(one.low, other.low),
        high=min(ends, default=None),
        is_pinned=one.is_pinned or other.is_pinned,
    )


def _next(numbers: Numbers) -> Numbers:
    return (*numbers[:-1], numbers[-1] + 1)


_END_OF: dict[str, Callable[[Numbers], Numbers | None]] = {
    ">=": lambda _: None,
    # Who asks for more than 3.9 means 3.10; a newer 3.9 does no harm.
    ">": lambda _: None,
    "^": _caret_end,
    "~>": lambda numbers: _next(numbers[:-1] or numbers),
    "~=": lambda numbers: _next(numbers[:-1] or numbers),
    "~": lambda numbers: _next(numbers[:2]),
}
"""Where the versions end that an operator with a lower bound allows."""
