"""Named places where a test may have this process killed.

They prove that a realise survives `kill -9` anywhere (tests/faults). They are
inert unless the environment asks for one *and* the marker file exists, so
that no project's variables can set one off.
"""

import os
import threading
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "DEVENV_KILL_POINT"
MARKER_NAME = "kill-points-allowed"


class KillPoints:
    """Counts the points reached, and dies at the one asked for.

    `wanted` is `N`, the N-th point of any name, or `NAME:N`, the N-th time
    that NAME is reached.
    """

    def __init__(self, wanted: str = "") -> None:
        name, _, number = wanted.rpartition(":")
        self._name = name
        self._left = int(number) if number.isdecimal() else 0
        self._lock = threading.Lock()

    @classmethod
    def from_environment(cls, env: Mapping[str, str], state: Path) -> "KillPoints":
        """Return what `env` asks for, if the state folder has the marker."""
        wanted = env.get(VARIABLE, "")
        return cls(wanted if wanted and (state / MARKER_NAME).exists() else "")

    def reach(self, name: str) -> None:
        """Note that the point `name` is reached; maybe do not return."""
        if self._left == 0 or (self._name and self._name != name):
            return
        with self._lock:
            self._left -= 1
            if self._left == 0:
                import signal  # noqa: PLC0415 - in tests only

                os.kill(os.getpid(), signal.SIGKILL)
