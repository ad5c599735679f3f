"""How far a download is, told to whoever shows it."""

from devenv.model.stage import Stage
from devenv.typed import Protocol
from devenv.values import dataclass, field


class Progress(Protocol):
    """Hears how far a download is; called from several threads."""

    def started(self, label: str, total: int, *, is_bytes: bool = True) -> None:
        """Hear that so many bytes are about to come."""

    def advanced(self, amount: int) -> None:
        """Hear that so many more have come."""

    def finished(self) -> None:
        """Hear that this was all, or that it was given up."""

    def became(self, label: str, stage: Stage) -> None:
        """Hear how far one file is, or what is made of it."""


class Silence:
    """The progress nobody wants to see."""

    def started(self, label: str, total: int, *, is_bytes: bool = True) -> None:
        """Say nothing."""

    def advanced(self, amount: int) -> None:
        """Say nothing."""

    def finished(self) -> None:
        """Say nothing."""

    def became(self, label: str, stage: Stage) -> None:
        """Say nothing."""


@dataclass(slots=True)
class HighWater:
    """Tells of bytes once, though a new try starts again from zero."""

    progress: Progress
    _highest: int = field(default=0)

    def reached(self, byte_count: int) -> None:
        if byte_count > self._highest:
            self.progress.advanced(byte_count - self._highest)
            self._highest = byte_count
