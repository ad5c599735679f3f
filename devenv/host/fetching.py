"""Asking servers for files: in parallel, resumed, checked while they stream.

What `devenv.host.http` imports once something has to be fetched: with urllib3 40 ms,
which an environment of what is here already does not have to wait for.
"""

import random
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from devenv.errors import FetchError
from devenv.formats.http_fields import Validators
from devenv.host import urls
from devenv.host.attempt import Expected, Failure, Reach, Stop, open_local
from devenv.host.caches import Caches
from devenv.host.clock import Clock
from devenv.host.connections import Connections
from devenv.host.fetch_errors import fetch_error
from devenv.host.from_caches import FromCaches
from devenv.host.http import Answer, Download, is_there
from devenv.host.part_file import PartFile, open_part
from devenv.host.progress import HighWater, Progress
from devenv.host.side_by_side import side_by_side
from devenv.host.transfer import Transfer
from devenv.host.tries import Tries
from devenv.model.stage import Stage

PARALLEL_DOWNLOADS = 8

_NOT_MODIFIED, _OK = 304, 200


class Fetching:
    """What a `Fetcher` does with servers; safe to use from threads.

    Args:
        env: where the proxy and certificate variables are looked up.
        clock: measures the rate, and waits between tries.
        jitter: returns numbers from 0 to 1 that spread tries in time.
        caches: who is asked for archives first.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        clock: Clock,
        *,
        jitter: Callable[[], float] | None,
        caches: Caches,
    ) -> None:
        self._connections = Connections(env)
        self._caches = FromCaches(caches, env)
        self._clock = clock
        self._jitter = jitter or random.random
        self._away: dict[urls.Origin | None, Failure] = {}

    def read(
        self, url: str, *, max_size: int, label: str, known: Validators | None
    ) -> Answer | None:
        """Return a small file, or None if it is still the one of `known`.

        Raises:
            NotServedError: the server does not have it.
            FetchError: it could not be downloaded, or is larger than `max_size`.
        """
        tries = self._tries([url], Stop())
        transfer = self._transfer(tries.stop, lambda _: None)
        for address in tries:
            with tries.noting(address):
                return _read(transfer, address, max_size, known)
        raise fetch_error(label, tries.failures)

    def fetch_missing(
        self,
        missing: Sequence[Download],
        progress: Progress,
        on_ready: Callable[[Download, Path], None] | None,
    ) -> None:
        """Fetch files side by side; the first failure calls off all the rest.

        Raises:
            FetchError: one could not be downloaded; see `Fetcher.fetch_all`.
        """
        stop = Stop()
        tasks = [
            partial(self._fetch_one, request, stop, progress) for request in missing
        ]
        done = side_by_side(tasks, jobs=PARALLEL_DOWNLOADS, stop=stop.now)
        with closing(done):
            for number in done:
                if on_ready is not None:
                    on_ready(missing[number], missing[number].target)
        self._caches.tell(len(missing))

    def _fetch_one(self, request: Download, stop: Stop, progress: Progress) -> None:
        transfer = self._transfer(stop, HighWater(progress).reached)
        with _disk_trouble_reported(request), open_part(request.target) as part:
            if is_there(request):
                return
            progress.became(request.name, Stage.DOWNLOADING)
            failures = self._caches.fill(part, request, transfer)
            if failures is not None:
                self._ask_servers(part, request, transfer, failures)
            part.finish()
            progress.became(request.name, Stage.DOWNLOADED)

    def _ask_servers(
        self,
        part: PartFile,
        request: Download,
        transfer: Transfer,
        failures: Mapping[str, Failure],
    ) -> None:
        """Make `part` what a mirror has; if none has it, what a cache may have yet.

        Raises:
            FetchError: it could not be downloaded; `failures` are told, too.
        """
        told = dict(failures)
        for addresses in (request.urls, self._caches.asked_again(request, failures)):
            tries = self._tries(addresses, transfer.stop)
            for address in tries:
                with tries.noting(address):
                    _fill(transfer, part, address, _expected(request))
                    return
            told |= tries.failures
        raise fetch_error(request.name, told)

    def _tries(self, addresses: Sequence[str], stop: Stop) -> Tries:
        return Tries(
            addresses,
            clock=self._clock,
            jitter=self._jitter,
            stop=stop,
            away=self._away,
        )

    def close(self) -> None:
        """Close the connections that are kept for another time."""
        self._connections.close()
        self._caches.close()

    def _transfer(self, stop: Stop, advanced: Callable[[int], None]) -> Transfer:
        return Transfer(
            connections=self._connections,
            clock=self._clock,
            stop=stop,
            advanced=advanced,
        )


def _expected(request: Download) -> Expected:
    return Expected(sha256=request.sha256, size=request.size, max_size=request.max_size)


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


def _fill(transfer: Transfer, part: PartFile, url: str, expected: Expected) -> None:
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
    transfer: Transfer, url: str, max_size: int, known: Validators | None
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
