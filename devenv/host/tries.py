"""Addresses in turn, with pauses, until one works or none is left."""

from collections.abc import Callable, Generator, Iterator, MutableMapping, Sequence
from contextlib import contextmanager

from devenv.errors import FetchError
from devenv.host import urls
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

    Args:
        addresses: in the order of preference.
        clock: waits.
        jitter: returns numbers from 0 to 1 that spread tries in time.
        stop: calls it off.
        away: origins where nobody was found before. They are not asked again, for a
            command may ask for dozens of files; who is given up joins them.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        *,
        clock: Clock,
        jitter: Callable[[], float],
        stop: Stop,
        away: MutableMapping[urls.Origin | None, Failure],
    ) -> None:
        self._addresses = list(dict.fromkeys(addresses))
        self._clock = clock
        self._jitter = jitter
        self._away = away
        self.stop = stop
        self.failures: dict[str, Failure] = {}

    def __iter__(self) -> Iterator[str]:
        waiting = self._addresses
        for done in range(1, MAX_TRIES + 1):
            for address in waiting:
                self.stop.check()
                if (failure := self._away.get(_server(address))) is not None:
                    self.failures[address] = failure
                else:
                    yield address
            waiting = [address for address in waiting if self._is_worth(address, done)]
            if not waiting:
                return
            self._pause(done, waiting)

    def _is_worth(self, address: str, done: int) -> bool:
        """Say whether an address is asked again after so many tries."""
        failure = self.failures[address]
        if done < _MAX_TRIES_OF.get(failure.reach, 0):
            return _server(address) not in self._away
        if failure.reach is Reach.AWAY:
            self._away[_server(address)] = failure
        return False

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


def _server(address: str) -> urls.Origin | None:
    """Return whom an address asks; None for one that asks nobody, or makes no sense."""
    try:
        checked = urls.checked(address)
    except FetchError:
        return None
    return None if checked.startswith("file:") else urls.origin(checked)
