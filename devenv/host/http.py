"""The one fetcher: in parallel, resumed, checked while it streams."""

import random
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from devenv.errors import (
    FetchError,
    HashMismatchError,
    NotServedError,
    OfflineError,
)
from devenv.formats.http_fields import Validators
from devenv.host import urls
from devenv.host.attempt import Failure, Reach
from devenv.host.clock import Clock
from devenv.host.connections import Connections
from devenv.host.downloads import is_whole
from devenv.host.part_file import PartFile, open_part
from devenv.host.transfer import Expected, Stop, Transfer, open_local
from devenv.host.tries import Tries

PARALLEL_DOWNLOADS = 8

_NOT_MODIFIED, _OK = 304, 200


class Progress(Protocol):
    """Hears how far a download is; called from several threads."""

    def started(self, label: str, total: int) -> None:
        """Hear that so many bytes are about to come."""
        ...

    def advanced(self, amount: int) -> None:
        """Hear that so many more have come."""
        ...

    def finished(self) -> None:
        """Hear that this was all, or that it was given up."""
        ...


class Silence:
    """The progress nobody wants to see."""

    def started(self, label: str, total: int) -> None:
        """Say nothing."""

    def advanced(self, amount: int) -> None:
        """Say nothing."""

    def finished(self) -> None:
        """Say nothing."""


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
        self._connections = Connections(env)
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
            raise _offline([request.name for request in missing])
        waiting = set(map(id, missing))
        for request in requests:
            if on_ready is not None and id(request) not in waiting:
                on_ready(request, request.target)
        if missing:
            progress.started(_title(missing), sum(r.size or 0 for r in missing))
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
            raise _offline([label])
        tries = Tries([url], clock=self._clock, jitter=self._jitter, stop=Stop())
        transfer = Transfer(
            connections=self._connections,
            clock=self._clock,
            stop=tries.stop,
            advanced=lambda _: None,
        )
        for address in tries:
            with tries.noting(address):
                return _read(transfer, address, max_size, known)
        raise _error(label, tries)

    def close(self) -> None:
        """Close the connections that are kept for another time."""
        self._connections.close()

    def _fetch_missing(
        self,
        missing: Sequence[Download],
        progress: Progress,
        on_ready: Callable[[Download, Path], None] | None,
    ) -> None:
        stop = Stop()
        jobs = min(PARALLEL_DOWNLOADS, len(missing))
        with ThreadPoolExecutor(jobs, thread_name_prefix="download") as threads:
            futures: dict[Future[None], Download] = {
                threads.submit(self._fetch_one, request, stop, progress): request
                for request in missing
            }
            try:
                for future in as_completed(futures):
                    future.result()
                    if on_ready is not None:
                        on_ready(futures[future], futures[future].target)
            except BaseException:
                # Leaving the block waits for the threads: they must not wait
                # for a server, nor begin with what is left.
                threads.shutdown(wait=False, cancel_futures=True)
                stop.now()
                raise

    def _fetch_one(self, request: Download, stop: Stop, progress: Progress) -> None:
        tries = Tries(request.urls, clock=self._clock, jitter=self._jitter, stop=stop)
        transfer = Transfer(
            connections=self._connections,
            clock=self._clock,
            stop=stop,
            advanced=_HighWater(progress).reached,
        )
        with _disk_trouble_reported(request), open_part(request.target) as part:
            if is_there(request):
                return
            for address in tries:
                with tries.noting(address):
                    _fill(transfer, part, address, request.expected)
                    part.finish()
                    return
        raise _error(request.name, tries)


@dataclass(slots=True)
class _HighWater:
    """Tells of bytes once, though a new try starts again from zero."""

    progress: Progress
    _highest: int = field(default=0)

    def reached(self, byte_count: int) -> None:
        if byte_count > self._highest:
            self.progress.advanced(byte_count - self._highest)
            self._highest = byte_count


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


def _title(missing: Sequence[Download]) -> str:
    return missing[0].name if len(missing) == 1 else f"{len(missing)} files"


def _offline(names: Sequence[str]) -> OfflineError:
    shown = ", ".join(names[:5]) + (" ..." if len(names) > 5 else "")  # noqa: PLR2004
    return OfflineError(
        f"not here yet, and --offline forbids to download: {shown}",
        hint="run the same command once without --offline",
    )


def _error(name: str, tries: Tries) -> FetchError:
    failures = tries.failures
    where = "; ".join(f"{urls.shown(url)}: {f.what}" for url, f in failures.items())
    reaches = {failure.reach for failure in failures.values()}
    if reaches == {Reach.MISSING}:
        return NotServedError(f"no server has {name}", where=where)
    if Reach.WRONG in reaches:
        return HashMismatchError(
            f"{name} is not the file that was signed for or locked",
            where=where,
            hint="the server may be in the middle of an update, or is not to be"
            " trusted: try again later, or name another mirror",
        )
    return FetchError(
        f"{name} could not be downloaded",
        where=where,
        hint="check the network and the proxy settings, then run the command again",
    )
