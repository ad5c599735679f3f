"""The time, as a door: what waits or looks at the clock takes one."""

import threading
import time
from datetime import UTC, datetime

from devenv.typed import Protocol


class Clock(Protocol):
    """What time it is, and how to let some pass."""

    def now(self) -> datetime:
        """Return the date and time in UTC; it may jump when somebody sets it."""

    def monotonic(self) -> float:
        """Return seconds since some moment; they never go back."""

    def wait(self, seconds: float, until: threading.Event | None = None) -> None:
        """Let so many seconds pass, or fewer if `until` is set meanwhile."""


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the date and time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds since some moment; they never go back."""
        return time.monotonic()

    def wait(self, seconds: float, until: threading.Event | None = None) -> None:
        """Let so many seconds pass, or fewer if `until` is set meanwhile."""
        (until or threading.Event()).wait(seconds)
