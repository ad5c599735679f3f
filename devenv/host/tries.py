"""Addresses in turn, with pauses, until one works or none is left."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager

from devenv.errors import FetchError
from devenv.host.attempt import Failure, Reach, Stop
from devenv.host.clock import Clock
from devenv.plan.retry import MAX_TRIES, backoff_seconds

_MAX_TRIES_OF = {Reach.BROKEN: MAX_TRIES, Reach.AWAY: 2}
"""How often an address is asked again; after other failures, never."""


class Tries:
    """Yields the address to try next, as long as it makes sense to.

    Another address is asked at once, the same one again only after a pause. The
    body of the loop reports through `noting`, and leaves the loop on success.
    `failures` holds the last failure of each address.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        *,
        clock: Clock,
        jitter: Callable[[], float],
        stop: Stop,
    ) -> None:
        self._addresses = list(dict.fromkeys(addresses))
        self._clock = clock
        self._jitter = jitter
        self.stop = stop
        self.failures: dict[str, Failure] = {}

    def __iter__(self) -> Iterator[str]:
        waiting = self._addresses
        for done in range(1, MAX_TRIES + 1):
            for address in waiting:
                self.stop.check()
                yield address
            waiting = [
                address
                for address in waiting
                if done < _MAX_TRIES_OF.get(self.failures[address].reach, 0)
            ]
            if not waiting:
                return
            self._pause(done, waiting)

    @contextmanager
    def noting(self, address: str) -> Generator[None]:
        """Take note of the failure that the body ends with, if it does."""
        try:
            yield
        except Failure as failure:
            self.failures[address] = failure
        except FetchError as error:
            where = f" ({error.where})" if error.where else ""
            self.failures[address] = Failure(
                f"{error.what}{where}", reach=Reach.REFUSED
            )

    def _pause(self, failures: int, waiting: Sequence[str]) -> None:
        asked = min(self.failures[a].wait_seconds or 0.0 for a in waiting)
        own = backoff_seconds(failures, jitter=self._jitter())
        self._clock.wait(max(asked, own), self.stop.event)
        self.stop.check()
