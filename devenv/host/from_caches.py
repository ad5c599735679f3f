"""Archives taken from caches: each is asked once, and with little patience.

A mirror is asked next, so a cache that is away, slow or wrong costs no more than a
short wait, once in a run. It is never an error: what came of it is said in one line.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

import urllib3

from devenv.errors import FetchError
from devenv.formats.cache_places import is_on_this_machine, name_in_cache
from devenv.host import urls
from devenv.host.attempt import Expected, Failure, Reach
from devenv.host.caches import Caches, open_kept, shown_place
from devenv.host.connections import Connections
from devenv.host.http import Download
from devenv.host.part_file import PartFile
from devenv.host.transfer import MISSING, Pace, Transfer
from devenv.typed import BinaryIO
from devenv.values import replace

CACHE_PACE = Pace(min_bytes_per_second=20_000, window_seconds=3.0)

# Some servers of files say "forbidden" of what they do not have.
_MISSING = MISSING | {403}


class FromCaches:
    """What a `Fetching` does with caches; safe to use from threads.

    Args:
        caches: whom to ask, in order.
        env: where the proxy and certificate variables are looked up.
    """

    def __init__(self, caches: Caches, env: Mapping[str, str]) -> None:
        timeout = urllib3.Timeout(
            connect=caches.connect_seconds, read=caches.answer_seconds
        )
        self._caches = caches
        self._connections = Connections(env, timeout=timeout)
        self._lock = Lock()
        self._passed_over: dict[str, Reach] = {}
        self._complained_of: set[str] = set()
        self._taken: Counter[str] = Counter()

    def fill(
        self, part: PartFile, request: Download, patient: Transfer
    ) -> dict[str, Failure] | None:
        """Make `part` an archive that a cache has.

        Args:
            part: the file in the making.
            request: what it must be.
            patient: how a mirror would be asked for it.

        Returns:
            None if it is whole now; else what came of asking, by the address of each
            cache that was asked.

        Raises:
            StoppedError: it was called off.
        """
        failures: dict[str, Failure] = {}
        once = replace(
            patient,
            connections=self._connections,
            pace=CACHE_PACE,
            missing=_MISSING,
        )
        for place, address in self._asked(request).items():
            if place in self._passed_over:
                continue
            try:
                _fill(once, part, place, request)
            except Failure as failure:
                failures[address] = failure
                self._note(place, request, failure)
            else:
                with self._lock:
                    self._taken[place] += 1
                return None
        return failures

    def asked_again(
        self, request: Download, failures: Mapping[str, Failure]
    ) -> tuple[str, ...]:
        """Return the addresses that are worth a patient try, as nobody else has it.

        Those are of servers that were passed over for another file's sake, or broke
        off in the middle of this one.
        """
        return tuple(
            address
            for place, address in self._asked(request).items()
            if not is_on_this_machine(place)
            and self._passed_over.get(place) not in {None, Reach.AWAY}
            and (address not in failures or failures[address].reach is Reach.BROKEN)
        )

    def tell(self, file_count: int) -> None:
        """Say what came from caches since this was last said, of so many files."""
        with self._lock:
            taken, self._taken = self._taken, Counter()
        if self._caches.talk is not None:
            for place in sorted(taken):
                cache = shown_place(place)
                self._caches.talk.note(
                    f"{taken[place]} of {file_count} from the cache {cache}"
                )

    def close(self) -> None:
        """Close the connections that are kept for another time."""
        self._connections.close()

    def _asked(self, request: Download) -> dict[str, str]:
        """Return the address of a file in each cache, in order, by the cache's place.

        Nothing is asked for but an archive, by its hash.
        """
        if not request.is_archive or request.sha256 is None:
            return {}
        return {place: _address(place, request.sha256) for place in self._caches.places}

    def _note(self, place: str, request: Download, failure: Failure) -> None:
        """Say once what is wrong with a cache, and ask it no more if it stays so."""
        if failure.reach is Reach.MISSING:
            return
        # Of a folder, one bad file says nothing of the others.
        is_of_one = is_on_this_machine(place) and failure.reach is not Reach.AWAY
        with self._lock:
            is_first = place not in self._complained_of
            self._complained_of.add(place)
            if not is_of_one:
                self._passed_over.setdefault(place, failure.reach)
        if self._caches.talk is None:
            return
        one = f"{request.name} is not taken from the cache {shown_place(place)}"
        if is_first:
            what = (
                one if is_of_one else f"the cache {shown_place(place)} is passed over"
            )
            self._caches.talk.warn(f"{what}: {failure.what}")
        else:
            self._caches.talk.detail(f"{one}: {failure.what}")


def _address(place: str, sha256: str) -> str:
    return urls.joined(place, name_in_cache(sha256))


def _fill(once: Transfer, part: PartFile, place: str, request: Download) -> None:
    sha256 = request.sha256 or ""
    expected = Expected(sha256=sha256, size=request.size, max_size=request.max_size)
    if is_on_this_machine(place):
        with _opened(Path(place), sha256) as file:
            once.copy(part, file, expected)
        return
    try:
        once.fill(part, urls.checked(_address(place, sha256)), expected)
    except FetchError as error:
        raise Failure(error.what, reach=Reach.REFUSED) from error


def _opened(folder: Path, sha256: str) -> BinaryIO:
    try:
        file = open_kept(folder, sha256)
    except NotADirectoryError:
        # An exported project: see `devenv.operations.take_exported`.
        file = None
    except FileNotFoundError as error:
        raise Failure("there is no such folder", reach=Reach.AWAY) from error
    except OSError as error:
        raise Failure(f"{error.strerror}", reach=Reach.REFUSED) from error
    if file is None:
        raise Failure("it has no such file", reach=Reach.MISSING)
    return file
