"""Which versions of something will do."""

import re

from devenv.values import dataclass

Numbers = tuple[int, ...]
"""A version's numbers: `3.11.4` is (3, 11, 4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Versions from `low` on, up to but without `high`; None is no end.

    `is_pinned` tells that the numbers of `low` were asked for as they are.
    """

    low: Numbers = ()
    high: Numbers | None = None
    is_pinned: bool = False

    def has(self, version: Numbers) -> bool:
        """Tell whether a version is in it; missing numbers are zeros."""
        return _at_least(version, self.low) and (
            self.high is None or not _at_least(version, self.high)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRange:
    """Alternatives, of which one must hold."""

    alternatives: tuple[Interval, ...]

    def has(self, version: Numbers) -> bool:
        """Tell whether a version will do."""
        return any(interval.has(version) for interval in self.alternatives)

    @property
    def is_open(self) -> bool:
        """Whether every version will do."""
        return Interval() in self.alternatives

    @property
    def pinned(self) -> Numbers:
        """The numbers that were asked for as they are, or ()."""
        (first, *others) = self.alternatives
        return first.low if first.is_pinned and not others else ()


def version_numbers(version: str) -> Numbers:
    """Return the numbers that a version begins with; () if it begins with none."""
    match = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in match[0].split(".")) if match else ()


def _at_least(version: Numbers, bound: Numbers) -> bool:
    width = max(len(version), len(bound))
    return _padded(version, width) >= _padded(bound, width)


def _padded(numbers: Numbers, width: int) -> Numbers:
    return numbers + (0,) * (width - len(numbers))
