"""What a command does about a lock that is out of date."""

from enum import Enum


class LockMode(Enum):
    """RELOCK makes it anew, LOCKED refuses it, FROZEN does not look."""

    RELOCK = "relock"
    LOCKED = "locked"
    FROZEN = "frozen"
