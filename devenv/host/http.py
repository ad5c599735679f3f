"""The one fetcher: what is there is not fetched, the rest is `devenv.host.fetching`."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock

from devenv.errors import OfflineError
from devenv.host.caches import NO_CACHES, Caches
from devenv.host.clock import Clock
from devenv.host.downloads import is_whole
from devenv.host.progress import Progress
from devenv.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from devenv.formats.http_fields import Validators
    from devenv.host.fetching import Fetching


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file to fetch.

    `urls` are asked in order; `sha256` is lowercase hex; `size` is exact and in
    bytes, `max_size` the limit where it is not known; `label` is what messages
    call it. Of an archive, which others keep by its hash, caches are asked first.
    """

    urls: tuple[str, ...]
    target: Path
    sha256: str | None
    size: int | None
    max_size: int
    label: str = ""
    is_archive: bool = False

    @property
    def name(self) -> str:
        """What messages call it."""
        if self.label:
            return self.label
        from devenv.host.urls import shown  # noqa: PLC0415 - most have a label

        return shown(self.urls[0]).rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A small file, and what tells its version from others at the same address."""

    body: bytes
    validators: "Validators"


class Fetcher:
    """Fetches files. One serves a whole run, and is safe to use from threads.

    Args:
        env: where the proxy and certificate variables are looked up.
        clock: measures the rate, and waits between tries.
        offline: raise OfflineError instead of asking anybody; what folders of
            `caches` have is taken from there all the same.
        jitter: returns numbers from 0 to 1 that spread tries in time.
        caches: who is asked for archives first.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        clock: Clock,
        *,
        offline: bool = False,
        jitter: Callable[[], float] | None = None,
        caches: Caches = NO_CACHES,
    ) -> None:
        self._env = env
        self._fetching: Fetching | None = None
        self._lock = Lock()
        self._clock = clock
        self._jitter = jitter
        self.is_offline = offline
        self.caches = caches.without_socket if offline else caches

    def fetch(self, request: Download, progress: Progress) -> Path:
        """Make sure that `request.target` is there, and return it.

        A file that is there and has the right hash is not fetched again. What
        was fetched of an interrupted one is used, if its server says that it
        has not changed.

        Raises:
            OfflineError: it is not there, and nothing may be asked.
            NotServedError: no address has it.
            HashMismatchError: only other files are served under its name.
            FetchError: it could not be downloaded for another reason.
        """
        return self.fetch_all([request], progress)[0]

    def fetch_all(
        self,
        requests: Sequence[Download],
        progress: Progress,
        *,
        on_ready: Callable[[Download, Path], None] | None = None,
    ) -> tuple[Path, ...]:
        """Fetch files side by side, and return their paths in the order given.

        `on_ready` is called on this thread, for each as soon as it is there. The
        first failure, an error of `on_ready` and KeyboardInterrupt call off all
        the rest.

        Raises:
            OfflineError: files are not there, and nothing may be asked; it
                names them.
            FetchError: as `fetch`.
        """
        missing = [request for request in requests if not is_there(request)]
        waiting = set(map(id, missing))
        if missing and self.is_offline:
            missing = self._at_hand(missing)
        for request in requests:
            if on_ready is not None and id(request) not in waiting:
                on_ready(request, request.target)
        if missing:
            title = missing[0].name if len(missing) == 1 else f"{len(missing)} files"
            progress.started(title, sum(r.size or 0 for r in missing))
            try:
                self._begun().fetch_missing(missing, progress, on_ready)
            finally:
                progress.finished()
        return tuple(request.target for request in requests)

    def read(
        self,
        url: str,
        *,
        max_size: int,
        label: str,
        known: "Validators | None" = None,
    ) -> Answer | None:
        """Return a small file, or None if it is still the one of `known`.

        Raises:
            OfflineError: nothing may be asked.
            NotServedError: the server does not have it.
            FetchError: it could not be downloaded, or is larger than `max_size`.
        """
        if self.is_offline:
            raise _offline_error([label])
        return self._begun().read(url, max_size=max_size, label=label, known=known)

    def close(self) -> None:
        """Close the connections that are kept for another time."""
        if self._fetching is not None:
            self._fetching.close()

    def _at_hand(self, missing: Sequence[Download]) -> list[Download]:
        """Return how to take files from folders alone.

        Raises:
            OfflineError: some are in none.
        """
        absent = [
            request.name
            for request in missing
            if not request.is_archive
            or not self.caches.have_in_a_folder(request.sha256 or "")
        ]
        if absent:
            raise _offline_error(absent)
        return [replace(request, urls=()) for request in missing]

    def _begun(self) -> "Fetching":
        from devenv.host.fetching import Fetching  # noqa: PLC0415 - see there

        with self._lock:
            if self._fetching is None:
                self._fetching = Fetching(
                    self._env, self._clock, jitter=self._jitter, caches=self.caches
                )
            return self._fetching


def _offline_error(names: Sequence[str]) -> OfflineError:
    from devenv.host.fetch_errors import offline_error  # noqa: PLC0415 - only to fail

    return offline_error(names)


def is_there(request: Download) -> bool:
    """Tell whether a file needs no download: it has the hash that is asked for."""
    return request.sha256 is not None and is_whole(
        request.target, sha256=request.sha256, size=request.size
    )
