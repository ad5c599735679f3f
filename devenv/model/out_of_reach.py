"""Why a program does not find, or not all, of its files in a tree by redirection."""

from collections.abc import Iterable
from enum import StrEnum

from devenv.values import dataclass


class OutOfReach(StrEnum):
    """What the redirecting library cannot see, gravest first.

    Of the first three all paths are the host's. The others only concern what the C
    library opens by itself.
    """

    STATIC = "static"
    GO = "go"
    SYSTEM_CALLS = "system-calls"
    CHARACTER_SETS = "character-sets"
    LOCALES = "locales"
    NAME_SERVICES = "name-services"
    SHELL = "shell"
    TIME_ZONES = "time-zones"

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the program is redirected, or not for certain."""
        return self in _WHOLE


_WHOLE = frozenset({OutOfReach.STATIC, OutOfReach.GO, OutOfReach.SYSTEM_CALLS})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramReach:
    """A program of a package, and what of it is out of reach, gravest first."""

    path: str
    reasons: tuple[OutOfReach, ...]


def in_order(reasons: Iterable[OutOfReach]) -> tuple[OutOfReach, ...]:
    """Return reasons, gravest first."""
    found = set(reasons)
    return tuple(reason for reason in OutOfReach if reason in found)
