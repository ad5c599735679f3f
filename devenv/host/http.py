"""The one fetcher: in parallel, resumed, checked while it streams."""

import random
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from devenv.errors import FetchError
from devenv.formats.http_fields import Validators
from devenv.host import urls
from devenv.host.attempt import Expected, Failure, Reach, Stop, open_local
from devenv.host.clock import Clock
from devenv.host.downloads import is_whole
from devenv.host.fetch_errors import fetch_error, offline_error
from devenv.host.part_file import PartFile, open_part
from devenv.host.progress import HighWater, Progress
from devenv.host.side_by_side import side_by_side
from devenv.host.tries import Tries
from devenv.model.stage import Stage
from devenv.values import dataclass

if TYPE_CHECKING:
    from devenv.host.connections import Connections
    from devenv.host.transfer import Transfer

PARALLEL_DOWNLOADS = 8

_NOT_MODIFIED, _OK = 304, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file to fetch.

    `urls` are asked in order; `sha256` is lowercase hex; `size` is exact and in
    bytes, `max_size` the limit where it is not known; `label` is what messages
    call it.
    """

    urls: tuple[str, ...]
    target: Path
    sha256: str | None
    size: int | None
    max_size: int
    label: str = ""

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.label or urls.shown(self.urls[0]).rpartition("/")[2]

    @property
    def expected(self) -> Expected:
        """What the bytes must be."""
        return Expected(sha256=self.sha256, size=self.size, max_size=self.max_size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A small file, and what tells its version from others at the same address."""

    body: bytes
    validators: Validators


class Fetcher:
    """Fetches files. One serves a whole run, and is safe to use from threads.

    Args:
        env: where the proxy and certificate variables are looked up.
        clock: measures the rate, and waits between tries.
        offline: raise OfflineError instead of asking anybody.
        jitter: returns numbers from 0 to 1 that spread tries in time.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        clock: Clock,
        *,
        offline: bool = False,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._env = env
        self._connections: Connections | None = None
        self._lock = Lock()
        self._clock = clock
        self._jitter = jitter
        self.is_offline = offline

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
        if missing and self.is_offline:
            raise offline_error([request.name for request in missing])
        waiting = set(map(id, missing))
        for request in requests:
            if on_ready is not None and id(request) not in waiting:
                on_ready(request, request.target)
        if missing:
            title = missing[0].name if len(missing) == 1 else f"{len(missing)} files"
            progress.started(title, sum(r.size or 0 for r in missing))
            try:
                self._fetch_missing(missing, progress, on_ready)
            finally:
                progress.finished()
        return tuple(request.target for request in requests)

    def read(
        self,
        url: str,
        *,
        max_size: int,
        label: str,
        known: Validators | None = None,
    ) -> Answer | None:
        """Return a small file, or None if it is still the one of `known`.

        Raises:
            OfflineError: nothing may be asked.
            NotServedError: the server does not have it.
            FetchError: it could not be downloaded, or is larger than `max_size`.
        """
        if self.is_offline:
            raise offline_error([label])
        tries = Tries([url], clock=self._clock, jitter=self._jitter, stop=Stop())
        transfer = self._transfer(tries.stop, lambda _: None)
        for address in tries:
            with tries.noting(address):
                return _read(transfer, address, max_size, known)
        raise fetch_error(label, tries.failures)

    def close(self) -> None:
        """Close the connections that are kept for another time."""
        if self._connections is not None:
            self._connections.close()

    def _transfer(self, stop: Stop, advanced: Callable[[int], None]) -> "Transfer":
        # 40 ms to import, which an environment of what is here already does not
        # have to wait for.
        from devenv.host.connections import Connections  # noqa: PLC0415
        from devenv.host.transfer import Transfer  # noqa: PLC0415

        with self._lock:
            if self._connections is None:
                self._connections = Connections(self._env)
        return Transfer(
            connections=self._connections,
            clock=self._clock,
            stop=stop,
            advanced=advanced,
        )

    def _fetch_missing(
        self,
        missing: Sequence[Download],
        progress: Progress,
        on_ready: Callable[[Download, Path], None] | None,
    ) -> None:
        stop = Stop()
        tasks = [
            partial(self._fetch_one, request, stop, progress) for request in missing
        ]
        done = side_by_side(tasks, jobs=PARALLEL_DOWNLOADS, stop=stop.now)
        with closing(done):
            for number in done:
                if on_ready is not None:
                    on_ready(missing[number], missing[number].target)

    def _fetch_one(self, request: Download, stop: Stop, progress: Progress) -> None:
        tries = Tries(request.urls, clock=self._clock, jitter=self._jitter, stop=stop)
        transfer = self._transfer(stop, HighWater(progress).reached)
        with _disk_trouble_reported(request), open_part(request.target) as part:
            if is_there(request):
                return
            progress.became(request.name, Stage.DOWNLOADING)
            for address in tries:
                with tries.noting(address):
                    _fill(transfer, part, address, request.expected)
                    part.finish()
                    progress.became(request.name, Stage.DOWNLOADED)
                    return
        raise fetch_error(request.name, tries.failures)


def is_there(request: Download) -> bool:
    """Tell whether a file needs no download: it has the hash that is asked for."""
    return request.sha256 is not None and is_whole(
        request.target, sha256=request.sha256, size=request.size
    )


@contextmanager
def _disk_trouble_reported(request: Download) -> Generator[None]:
    try:
        request.target.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise FetchError(
            f"{request.name} cannot be written: {error.strerror}",
            where=str(error.filename or request.target),
        ) from error


def _fill(transfer: "Transfer", part: PartFile, url: str, expected: Expected) -> None:
    was_resumed = part.validator_of(url) is not None
    try:
        transfer.fill(part, url, expected)
    except Failure as failure:
        if failure.reach is Reach.WRONG and was_resumed:
            # The two halves may be of two files: a whole one is worth a try.
            transfer.fill(part, url, expected)
            return
        raise


def _read(
    transfer: "Transfer", url: str, max_size: int, known: Validators | None
) -> Answer | None:
    if url.startswith("file:"):
        return Answer(body=_read_file(url, max_size), validators=Validators())
    body = transfer.open(url, known.conditions() if known is not None else {})
    if body.status == _NOT_MODIFIED and known is not None:
        body.drain_conn()
        body.release_conn()
        return None
    if body.status != _OK:
        body.close()
        body.release_conn()
        raise transfer.refusal(body)
    content = bytearray()
    with closing(transfer.chunks(body)) as chunks:
        for chunk in chunks:
            content += chunk
            if len(content) > max_size:
                raise _too_large(max_size)
    return Answer(body=bytes(content), validators=Validators.from_headers(body.headers))


def _read_file(url: str, max_size: int) -> bytes:
    with open_local(Path(urls.file_path(url))) as file:
        content = file.read(max_size + 1)
    if len(content) > max_size:
        raise _too_large(max_size)
    return content


def _too_large(max_size: int) -> Failure:
    return Failure(
        f"it is larger than the {max_size} bytes it may have", reach=Reach.REFUSED
    )
