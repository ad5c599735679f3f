"""One try at a download: what is asked for, and how it may end other than well."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto
from pathlib import Path

from devenv.typed import BinaryIO, Protocol
from devenv.values import dataclass, field


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the bytes must be: exactly this size and hash, where known."""

    sha256: str | None
    size: int | None
    max_size: int


class _Body(Protocol):
    """The body of an answer, of which more may come."""

    def shutdown(self) -> None:
        """Wake up whoever waits for more of it."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A way to call off every transfer that was given it, at once."""

    event: threading.Event = field(default_factory=threading.Event)
    _bodies: set[_Body] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> None:
        """Wake up all that wait for a server, and let no transfer go on."""
        with self._lock:
            self.event.set()
            for body in self._bodies:
                with suppress(ValueError, RuntimeError, OSError):
                    body.shutdown()

    def check(self) -> None:
        """Raise StoppedError if it is over."""
        if self.event.is_set():
            raise StoppedError

    @contextmanager
    def watching(self, body: _Body) -> Iterator[None]:
        """Let `now` reach the connection of `body`."""
        with self._lock:
            self._bodies.add(body)
        try:
            self.check()
            yield
        finally:
            with self._lock:
                self._bodies.discard(body)


def open_local(source: Path) -> BinaryIO:
    """Open the file that a file address names.

    Raises:
        Failure: there is none, or it may not be read.
    """
    try:
        return source.open("rb")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Failure("there is no such file", reach=Reach.MISSING) from error
    except OSError as error:
        raise Failure(f"{error.strerror}", reach=Reach.REFUSED) from error
