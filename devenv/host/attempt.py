"""How one try at a download may end, other than well."""

from enum import Enum, auto


class Reach(Enum):
    """What a failure says of the next try at the same address."""

    BROKEN = auto()
    """It may work at the next try."""

    AWAY = auto()
    """No server is there; one more try is worth it."""

    REFUSED = auto()
    """It will not work."""

    MISSING = auto()
    """The server does not have the file."""

    WRONG = auto()
    """The server has another file under this name."""


class Failure(Exception):  # noqa: N818 - it ends a try, and never reaches a user
    """One try at one address failed.

    Args:
        what: the reason, in plain words.
        reach: what that means for the next try.
        wait_seconds: what the server asked for, or None.
    """

    def __init__(
        self,
        what: str,
        *,
        reach: Reach = Reach.BROKEN,
        wait_seconds: float | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.reach = reach
        self.wait_seconds = wait_seconds


class StoppedError(Exception):
    """The download was called off."""
