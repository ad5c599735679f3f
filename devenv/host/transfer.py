"""One try: from one address into a part file, checked at every chunk."""

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from pathlib import Path

import urllib3
from urllib3 import exceptions

from devenv.errors import FormatError
from devenv.formats.http_fields import Validators, parse_content_range
from devenv.host import urls
from devenv.host.attempt import Expected, Failure, Reach, Stop, open_local
from devenv.host.clock import Clock
from devenv.host.connections import Connections, failure_of
from devenv.host.part_file import PartFile
from devenv.plan.retry import asked_delay_seconds, is_retriable, is_too_long
from devenv.typed import BinaryIO
from devenv.values import dataclass

MIN_BYTES_PER_SECOND = 1000
RATE_WINDOW_SECONDS = 30.0

_CHUNK_BYTES = 1 << 18
_OK, _PARTIAL, _RANGE_NOT_SATISFIABLE = 200, 206, 416
MISSING = frozenset({404, 410})
_HTML_STARTS = (b"<!doctype html", b"<html")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How slow a server may be: on the average of each window of time."""

    min_bytes_per_second: int = MIN_BYTES_PER_SECOND
    window_seconds: float = RATE_WINDOW_SECONDS


_PATIENT = Pace()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """What every try needs of the world.

    `advanced` hears how many bytes came; `missing` are the answers of a server that
    does not have a file.
    """

    connections: Connections
    clock: Clock
    stop: Stop
    advanced: Callable[[int], None]
    pace: Pace = _PATIENT
    missing: frozenset[int] = MISSING

    def fill(self, part: PartFile, url: str, expected: Expected) -> None:
        """Make `part` the whole file, going on where it ends if that is safe.

        Raises:
            Failure: this try failed; `part` may hold a beginning.
            FetchError: a redirect or setting that rules the address out.
            StoppedError: it was called off.
        """
        if url.startswith("file:"):
            with open_local(Path(urls.file_path(url))) as file:
                self.copy(part, file, expected)
            return
        if part.size != expected.size or part.validator_of(url) is None:
            self._download(part, url, expected)
        check_whole(part, expected)

    def copy(self, part: PartFile, source: BinaryIO, expected: Expected) -> None:
        """Make `part` the whole of an open file, if that is what was expected.

        Raises:
            Failure: it is not, or cannot be read.
            StoppedError: it was called off.
        """
        part.restart()
        while chunk := _read(source):
            self.stop.check()
            self._take(part, chunk, expected)
        _check_size(part, expected)
        check_whole(part, expected)

    def open(self, url: str, fields: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        """Ask for `url`; see `Connections.open`."""
        self.stop.check()
        return self.connections.open(url, fields)

    def chunks(self, body: urllib3.BaseHTTPResponse) -> Generator[bytes]:
        """Yield the body as it comes, while it comes fast enough.

        The connection can be used again if the body was read to its end.

        Raises:
            Failure: it broke, or is too slow.
            StoppedError: it was called off.
        """
        rate = _Rate(self.clock, self.pace)
        is_first = True
        try:
            with self.stop.watching(body):
                while chunk := body.read1(_CHUNK_BYTES):
                    self.stop.check()
                    if is_first:
                        _refuse_html(chunk)
                    is_first = False
                    rate.count(len(chunk))
                    yield chunk
            self.stop.check()
        except (exceptions.HTTPError, OSError) as error:
            self.stop.check()
            raise failure_of(error) from error
        except BaseException:
            body.close()
            raise
        finally:
            body.release_conn()

    def _download(self, part: PartFile, url: str, expected: Expected) -> None:
        fields = {}
        if (validator := part.validator_of(url)) is not None:
            fields = {"Range": f"bytes={part.size}-", "If-Range": validator}
        body = self.open(url, fields)
        try:
            self._prepare(part, url, body, expected)
        except BaseException:
            body.close()
            body.release_conn()
            raise
        with closing(self.chunks(body)) as chunks:
            for chunk in chunks:
                self._take(part, chunk, expected)
        if "Content-Length" in body.headers or "Transfer-Encoding" in body.headers:
            # Then the end was the right one: a broken connection is noticed.
            _check_size(part, expected)

    def _prepare(
        self,
        part: PartFile,
        url: str,
        body: urllib3.BaseHTTPResponse,
        expected: Expected,
    ) -> None:
        """Make `part` end where the body begins."""
        if body.status == _PARTIAL and part.validator_of(url) is not None:
            _check_continues(part, body.headers, expected)
        elif body.status == _OK:
            validators = Validators.from_headers(body.headers)
            part.begin(url, validators.for_range, expected_size=expected.size or 0)
        else:
            if part.validator_of(url) is not None:
                # What another server sent may be gone on with there.
                part.restart()
            raise self.refusal(body)

    def refusal(self, body: urllib3.BaseHTTPResponse) -> Failure:
        """Return what a status other than 200 means."""
        what = f"the server answers {body.status} {body.reason or ''}".rstrip()
        if body.status in self.missing:
            return Failure(what, reach=Reach.MISSING)
        if body.status in {_PARTIAL, _RANGE_NOT_SATISFIABLE}:
            return Failure("the server answers with another part than was asked for")
        if not is_retriable(body.status):
            return Failure(what, reach=Reach.REFUSED)
        asked = asked_delay_seconds(
            body.headers.get("Retry-After", ""), now=self.clock.now()
        )
        if asked is not None and is_too_long(asked):
            return Failure(f"{what}, and to come back later", reach=Reach.REFUSED)
        return Failure(what, wait_seconds=asked)

    def _take(self, part: PartFile, chunk: bytes, expected: Expected) -> None:
        limit = expected.max_size if expected.size is None else expected.size
        if part.size + len(chunk) > limit:
            part.restart()
            raise Failure(
                f"it is larger than the {limit} bytes it may have", reach=Reach.WRONG
            )
        part.append(chunk)
        self.advanced(part.size)


def _read(source: BinaryIO) -> bytes:
    try:
        return source.read(_CHUNK_BYTES)
    except OSError as error:
        raise Failure(f"{error.strerror}") from error


def check_whole(part: PartFile, expected: Expected) -> None:
    """Refuse a part that is not what was expected; forget it if it is wrong.

    Raises:
        Failure: it is too short, which may be the connection, or wrong.
    """
    if expected.size is not None and part.size < expected.size:
        raise Failure(
            f"the connection ended after {part.size} of {expected.size} bytes"
        )
    if expected.sha256 is None or part.sha256 == expected.sha256:
        return
    found = part.sha256
    part.restart()
    raise Failure(
        f"it is another file (sha256 {found}, not {expected.sha256})",
        reach=Reach.WRONG,
    )


class _Rate:
    """Raises Failure once too few bytes have come in a window of time."""

    def __init__(self, clock: Clock, pace: Pace) -> None:
        self._clock = clock
        self._pace = pace
        self._start = clock.monotonic()
        self._bytes = 0

    def count(self, byte_count: int) -> None:
        self._bytes += byte_count
        passed = self._clock.monotonic() - self._start
        if passed < self._pace.window_seconds:
            return
        least = self._pace.min_bytes_per_second
        if self._bytes < passed * least:
            raise Failure(f"it sends less than {least} bytes a second")
        self._start += passed
        self._bytes = 0


def _check_size(part: PartFile, expected: Expected) -> None:
    """Refuse what ended well, but is not as large as it must be."""
    if expected.size is not None and part.size != expected.size:
        found = part.size
        part.restart()
        raise Failure(
            f"it is another file (of {found} bytes, not {expected.size})",
            reach=Reach.WRONG,
        )


def _check_continues(
    part: PartFile, headers: Mapping[str, str], expected: Expected
) -> None:
    """Refuse a 206 answer that does not go on where `part` ends."""
    try:
        found = parse_content_range(headers.get("Content-Range", ""))
    except FormatError:
        found = None
    sizes = {None, expected.size} if expected.size is not None else None
    if (
        found is None
        or found.first != part.size
        or (sizes is not None and found.total not in sizes)
    ):
        part.restart()
        raise Failure("the server answers with another part than was asked for")


def _refuse_html(first_chunk: bytes) -> None:
    # Nothing that is fetched here is a web page, but every hotel has one.
    if first_chunk[:200].lstrip().lower().startswith(_HTML_STARTS):
        raise Failure(
            "a web page came instead of the file: a login page of the network"
            " (captive portal), or a proxy's complaint?",
            reach=Reach.REFUSED,
        )
