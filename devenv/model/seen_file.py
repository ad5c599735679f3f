"""A file that something was made from, as it was read."""

from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFile:
    """A file that the environment depends on: its SHA-256, None for an absent one.

    `resting_mtime_ns` is its time, if it had rested when it was read; else 0, a
    time that no file has.
    """

    path: str
    sha256: str | None
    resting_mtime_ns: int = 0
