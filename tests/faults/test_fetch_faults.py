"""What networks do to a download, and what we make of it."""

import threading
from pathlib import Path

import pytest

from devenv.errors import (
    FetchError,
    HashMismatchError,
    NotServedError,
    OfflineError,
)
from devenv.host.clock import SystemClock
from devenv.host.http import Download, Fetcher
from devenv.host.part_file import RESUME_WORTH_BYTES, part_path
from devenv.host.progress import Silence
from devenv.host.transfer import MIN_BYTES_PER_SECOND
from devenv.model.stage import Stage
from devenv.plan.retry import MAX_TRIES
from tests.fixtures.clock import FakeClock
from tests.fixtures.deb import sha256
from tests.fixtures.http_server import (
    Exchange,
    Fault,
    FileServer,
    body,
    chunked,
    etag_of,
    flipped_bit,
    http_1_0,
    ignoring_ranges,
    partial,
    raw,
    redirect,
    refused_address,
    reset_at,
    status,
    truncated_at,
)

CONTENT = bytes(range(256)) * 40
HTML = b"<!DOCTYPE html><html><title>Welcome to our hotel</title></html>"


class Told:
    """Progress that is written down."""

    def __init__(self) -> None:
        self.total = 0
        self.arrived = 0
        self.is_finished = False

    def started(self, label: str, total: int, *, is_bytes: bool = True) -> None:
        assert label
        assert is_bytes
        self.total = total

    def advanced(self, amount: int) -> None:
        self.arrived += amount

    def finished(self) -> None:
        self.is_finished = True

    def became(self, label: str, stage: Stage) -> None:
        assert label, stage


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "file.deb"


def wanted(target: Path, *urls: str, content: bytes = CONTENT) -> Download:
    return Download(
        urls=urls,
        target=target,
        sha256=sha256(content),
        size=len(content),
        max_size=len(content),
        label="file.deb",
    )


@pytest.fixture
def file(server: FileServer) -> str:
    """Return the path of a file that the server has."""
    server.pages["/file.deb"] = CONTENT
    return "/file.deb"


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(reset_at(0), id="reset before the first byte"),
        pytest.param(reset_at(5000), id="reset in the middle"),
        pytest.param(truncated_at(5000), id="shorter than it said"),
        pytest.param(truncated_at(0), id="nothing of what it said"),
        pytest.param(
            truncated_at(5000, with_length=False), id="short without a length"
        ),
        pytest.param(truncated_at(0, with_length=False), id="empty without a length"),
        pytest.param(status(500), id="500"),
        pytest.param(status(502), id="502"),
        pytest.param(status(503), id="503"),
        pytest.param(status(408), id="408"),
        pytest.param(status(425), id="425"),
        pytest.param(status(429, Retry_After="1"), id="429"),
        pytest.param(status(416), id="416 unasked"),
        pytest.param(partial("bytes 7-9/10", b"abc"), id="206 unasked"),
        pytest.param(raw(b""), id="hung up at once"),
        pytest.param(raw(b"\x00\x01\x02garbage\r\n\r\n"), id="no HTTP at all"),
        pytest.param(
            raw(b"HTTP/1.1 200 OK\r\nX: " + b"a" * (1 << 20)), id="endless header"
        ),
        pytest.param(
            raw(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n"),
            id="five hundred headers",
        ),
        pytest.param(chunked(CONTENT, end=b"zzz\r\n"), id="chunks that end in garbage"),
        pytest.param(chunked(CONTENT[:99], end=b""), id="chunks that just end"),
    ],
)
def test_a_broken_answer_is_asked_for_again(
    fault: Fault, server: FileServer, file: str, fetcher: Fetcher, target: Path
) -> None:
    server.faults[file] = [fault, None]
    fetcher.fetch(wanted(target, server.url(file)), Silence())

    assert target.read_bytes() == CONTENT
    assert not part_path(target).exists()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(http_1_0, id="HTTP/1.0 without a length"),
        pytest.param(chunked(CONTENT[:7], CONTENT[7:]), id="in chunks"),
        pytest.param(
            body(CONTENT, Content_Encoding="gzip"), id="wrongly said to be encoded"
        ),
        pytest.param(body(CONTENT, Content_Type="text/html"), id="said to be HTML"),
    ],
)
def test_the_right_bytes_are_taken_however_they_come(
    answer: Fault, server: FileServer, file: str, fetcher: Fetcher, target: Path
) -> None:
    server.faults[file] = [answer]
    fetcher.fetch(wanted(target, server.url(file)), Silence())

    assert target.read_bytes() == CONTENT
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        pytest.param(status(401), "401", id="401"),
        pytest.param(status(403), "403", id="403"),
        pytest.param(status(407), "407", id="407"),
        pytest.param(status(451), "451", id="451"),
        pytest.param(status(300), "300", id="300"),
        pytest.param(status(204), "204", id="204"),
        pytest.param(body(HTML), "captive portal", id="captive portal"),
        pytest.param(body(b"\n <HTML>" + HTML), "captive portal", id="loud HTML"),
        pytest.param(
            status(503, Retry_After="3600"), "come back later", id="back in an hour"
        ),
        pytest.param(
            status(429, Retry_After="9" * 400), "come back later", id="back never"
        ),
        pytest.param(redirect("file:///etc/passwd"), "neither http", id="to a file"),
        pytest.param(redirect("ftp://127.0.0.1/x"), "neither http", id="to ftp"),
        pytest.param(redirect("//[bad"), "address", id="to nowhere"),
        pytest.param(
            redirect("http://127.0.0.1/\x1b[2J"), "forbidden", id="to an escape"
        ),
        pytest.param(redirect("http://127.0.0.1/a b"), "forbidden", id="to a space"),
    ],
)
def test_what_will_not_get_better_is_asked_once_and_named(
    fault: Fault,
    words: str,
    server: FileServer,
    file: str,
    fetcher: Fetcher,
    target: Path,
) -> None:
    server.faults[file] = [fault]
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(wanted(target, server.url(file)), Silence())

    assert words in str(caught.value.where)
    assert len(server.requests) == 1
    assert not target.exists()


def test_a_server_that_stays_broken_is_given_up_after_five_tries(
    server: FileServer, file: str, fetcher: Fetcher, target: Path, clock: FakeClock
) -> None:
    server.faults[file] = [status(503)]
    with pytest.raises(FetchError, match=r"file\.deb could not be downloaded"):
        fetcher.fetch(wanted(target, server.url(file)), Silence())

    assert len(server.requests) == MAX_TRIES
    assert clock.waits == [0.5, 1.0, 2.0, 4.0]


def test_a_server_that_names_a_delay_is_given_it(
    server: FileServer, file: str, fetcher: Fetcher, target: Path, clock: FakeClock
) -> None:
    server.faults[file] = [status(503, Retry_After="17"), None]
    fetcher.fetch(wanted(target, server.url(file)), Silence())

    assert clock.waits == [17.0]


@pytest.mark.parametrize("delay", ["-5", "soon", "", "Mon, 99 Foo 2026"])
def test_a_delay_that_makes_no_sense_is_our_own(
    delay: str,
    server: FileServer,
    file: str,
    fetcher: Fetcher,
    target: Path,
    clock: FakeClock,
) -> None:
    server.faults[file] = [status(503, Retry_After=delay), None]
    fetcher.fetch(wanted(target, server.url(file)), Silence())

    assert clock.waits == [0.5]


def test_another_server_is_asked_at_once(
    server: FileServer, file: str, fetcher: Fetcher, target: Path, clock: FakeClock
) -> None:
    server.faults["/first"] = [status(503)]
    fetcher.fetch(wanted(target, server.url("first"), server.url(file)), Silence())

    assert server.paths() == ["/first", file]
    assert clock.waits == []


def test_a_server_that_is_not_there_is_tried_twice_and_named(
    fetcher: Fetcher, target: Path, clock: FakeClock
) -> None:
    address = refused_address()
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(wanted(target, f"{address}/file.deb"), Silence())

    assert caught.value.where == (
        f"{address}/file.deb: no connection: Connection refused"
    )
    assert clock.waits == [0.5]


def test_a_server_that_was_not_there_is_not_waited_for_again(
    server: FileServer, file: str, fetcher: Fetcher, target: Path, clock: FakeClock
) -> None:
    address = refused_address()
    for _ in range(3):
        with pytest.raises(FetchError, match="InRelease could not be"):
            fetcher.read(f"{address}/InRelease", max_size=9, label="InRelease")
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(wanted(target, f"{address}/file.deb"), Silence())
    assert "Connection refused" in (caught.value.where or "")
    assert clock.waits == [0.5]

    fetcher.fetch(wanted(target, f"{address}{file}", server.url(file)), Silence())
    assert target.read_bytes() == CONTENT
    assert clock.waits == [0.5]


def test_who_redirects_to_nobody_is_asked_again(
    server: FileServer, file: str, fetcher: Fetcher, target: Path
) -> None:
    away = redirect(f"{refused_address()}/file.deb")
    server.faults[file] = [away, away, None]
    fetcher.fetch(wanted(target, server.url(file)), Silence())

    assert target.read_bytes() == CONTENT


def test_a_file_no_server_has_is_not_asked_for_twice(
    server: FileServer, fetcher: Fetcher, target: Path
) -> None:
    urls = (server.url("a"), server.url("b"))
    with pytest.raises(NotServedError, match=r"no server has file\.deb"):
        fetcher.fetch(wanted(target, *urls), Silence())

    assert server.paths() == ["/a", "/b"]


@pytest.mark.parametrize("position", range(0, len(CONTENT), len(CONTENT) // 20))
def test_one_changed_bit_anywhere_is_noticed_and_another_server_asked(
    position: int, server: FileServer, file: str, fetcher: Fetcher, target: Path
) -> None:
    server.pages["/bad"] = CONTENT
    server.faults["/bad"] = [flipped_bit(position)]
    fetcher.fetch(wanted(target, server.url("bad"), server.url(file)), Silence())

    assert target.read_bytes() == CONTENT
    assert server.paths() == ["/bad", file]


def test_wrong_bytes_everywhere_are_an_error_with_both_hashes(
    server: FileServer, file: str, fetcher: Fetcher, target: Path
) -> None:
    changed = bytes([CONTENT[0] ^ 1]) + CONTENT[1:]
    server.faults[file] = [flipped_bit(0)]
    with pytest.raises(HashMismatchError) as caught:
        fetcher.fetch(wanted(target, server.url(file)), Silence())

    assert sha256(CONTENT) in str(caught.value.where)
    assert sha256(changed) in str(caught.value.where)
    assert len(server.requests) == 1
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(body(CONTENT + b"x"), id="with its length"),
        pytest.param(chunked(CONTENT, b"x" * 100), id="in chunks"),
    ],
)
def test_more_bytes_than_were_signed_for_are_not_taken(
    answer: Fault, server: FileServer, file: str, fetcher: Fetcher, target: Path
) -> None:
    server.faults[file] = [answer]
    with pytest.raises(HashMismatchError, match="not the file"):
        fetcher.fetch(wanted(target, server.url(file)), Silence())

    assert list(target.parent.iterdir()) == []


def test_a_broken_download_goes_on_where_it_broke(
    server: FileServer, file: str, fetcher: Fetcher, target: Path
) -> None:
    server.faults[file] = [truncated_at(4000), None]
    progress = Told()
    fetcher.fetch(wanted(target, server.url(file)), progress)

    second = server.requests[1].headers
    assert (second["range"], second["if-range"]) == ("bytes=4000-", etag_of(CONTENT))
    assert target.read_bytes() == CONTENT
    assert (progress.total, progress.arrived) == (len(CONTENT), len(CONTENT))
    assert progress.is_finished


def test_a_file_that_was_replaced_meanwhile_is_fetched_from_the_start(
    server: FileServer, file: str, fetcher: Fetcher, target: Path
) -> None:
    server.faults[file] = [truncated_at(4000, etag='"older"'), None]
    fetcher.fetch(wanted(target, server.url(file)), Silence())

    assert target.read_bytes() == CONTENT


def test_a_weak_etag_is_no_reason_to_go_on(
    server: FileServer, file: str, fetcher: Fetcher, target: Path
) -> None:
    server.faults[file] = [truncated_at(4000, etag='W/"weak"'), None]
    fetcher.fetch(wanted(target, server.url(file)), Silence())

    assert "range" not in server.requests[1].headers
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(partial("bytes 0-6239/10240", CONTENT[:6240]), id="other start"),
        pytest.param(partial("bytes 4000-9999/10000", CONTENT[4000:]), id="other size"),
        pytest.param(partial("bytes 4000-*/*", CONTENT[4000:]), id="not a range"),
        pytest.param(partial("", CONTENT[4000:]), id="no range"),
        pytest.param(
            partial("", b"--x\r\n", Content_Type="multipart/byteranges; boundary=x"),
            id="several ranges",
        ),
        pytest.param(status(416), id="416"),
        pytest.param(
            partial("bytes 4000-10239/10240", bytes(6240)), id="bytes of another file"
        ),
    ],
)
def test_an_odd_answer_to_a_range_means_starting_again(
    answer: Fault, server: FileServer, file: str, fetcher: Fetcher, target: Path
) -> None:
    server.faults[file] = [truncated_at(4000), answer, None]
    fetcher.fetch(wanted(target, server.url(file)), Silence())

    assert "range" not in server.requests[2].headers
    assert target.read_bytes() == CONTENT


def test_a_range_that_starts_elsewhere_is_noticed_without_a_hash_too(
    server: FileServer, file: str, fetcher: Fetcher, target: Path
) -> None:
    elsewhere = partial("bytes 0-6239/10240", CONTENT[:6240])
    server.faults[file] = [truncated_at(4000), elsewhere, None]
    request = Download(
        urls=(server.url(file),),
        target=target,
        sha256=None,
        size=None,
        max_size=1 << 20,
    )
    fetcher.fetch(request, Silence())

    assert target.read_bytes() == CONTENT


def test_a_server_without_ranges_sends_the_whole_file_again(
    server: FileServer, file: str, fetcher: Fetcher, target: Path
) -> None:
    server.faults[file] = [truncated_at(4000), ignoring_ranges]
    fetcher.fetch(wanted(target, server.url(file)), Silence())

    assert len(server.requests) == 2
    assert target.read_bytes() == CONTENT


def test_a_part_is_never_finished_by_another_server(
    server: FileServer, file: str, fetcher: Fetcher, target: Path
) -> None:
    server.pages["/other"] = CONTENT
    server.faults[file] = [truncated_at(4000)]
    fetcher.fetch(wanted(target, server.url(file), server.url("other")), Silence())

    assert "range" not in server.requests[1].headers
    assert target.read_bytes() == CONTENT


def test_a_large_part_is_taken_up_by_the_next_process(
    server: FileServer, env: dict[str, str], target: Path
) -> None:
    large = CONTENT * (2 * RESUME_WORTH_BYTES // len(CONTENT))
    server.pages["/large"] = large
    server.faults["/large"] = [truncated_at(RESUME_WORTH_BYTES)] * 5 + [None]
    request = wanted(target, server.url("large"), content=large)
    for _ in range(2):
        fetcher = Fetcher(env, FakeClock(), jitter=lambda: 0.0)
        try:
            fetcher.fetch(request, Silence())
        except FetchError:
            assert part_path(target).stat().st_size == RESUME_WORTH_BYTES
        finally:
            fetcher.close()

    assert target.read_bytes() == large
    assert server.requests[-1].headers["range"] == f"bytes={RESUME_WORTH_BYTES}-"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_server_that_is_too_slow_is_left(
    server: FileServer, file: str, env: dict[str, str], target: Path
) -> None:
    clock = FakeClock(step_seconds=31.0)
    few = CONTENT[: 20 * MIN_BYTES_PER_SECOND // 2]
    server.pages["/slow"] = few
    fetcher = Fetcher(env, clock, jitter=lambda: 0.0)
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(wanted(target, server.url("slow"), content=few), Silence())
    fetcher.close()

    assert "less than 1000 bytes a second" in str(caught.value.where)
    assert len(server.requests) == MAX_TRIES
    assert file


def test_redirects_are_followed_up_to_five(
    server: FileServer, file: str, fetcher: Fetcher, target: Path
) -> None:
    for number in range(1, 6):
        following = file if number == 5 else f"/{number + 1}"
        server.faults[f"/{number}"] = [redirect(following, 307)]
    fetcher.fetch(wanted(target, server.url("1")), Silence())

    assert target.read_bytes() == CONTENT


def test_a_loop_of_redirects_ends(
    server: FileServer, fetcher: Fetcher, target: Path
) -> None:
    server.faults["/loop"] = [redirect("/loop")]
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(wanted(target, server.url("loop")), Silence())

    assert "redirects more than 5 times" in str(caught.value.where)
    assert len(server.requests) == 6


def test_credentials_are_for_the_server_they_were_given_for(
    server: FileServer, file: str, fetcher: Fetcher, target: Path
) -> None:
    other = server.base.replace("127.0.0.1", "localhost")
    server.faults["/here"] = [redirect("/there")]
    server.faults["/there"] = [redirect(f"{other}{file}")]
    address = server.url("here").replace("http://", "http://me:secret@")
    fetcher.fetch(wanted(target, address), Silence())

    sent = [request.headers.get("authorization") for request in server.requests]
    assert sent == ["Basic bWU6c2VjcmV0", "Basic bWU6c2VjcmV0", None]


def test_messages_hold_no_credentials(
    server: FileServer, fetcher: Fetcher, target: Path
) -> None:
    address = server.url("gone?token=x").replace("http://", "http://me:secret@")
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(wanted(target, address), Silence())

    assert server.base in str(caught.value.where)
    assert "secret" not in str(caught.value.where)
    assert "token" not in str(caught.value.where)


def test_nothing_is_asked_when_the_right_file_is_there(
    server: FileServer, file: str, fetcher: Fetcher, target: Path
) -> None:
    target.parent.mkdir()
    target.write_bytes(CONTENT)
    fetcher.fetch(wanted(target, server.url(file)), Silence())

    assert server.requests == []


def test_a_file_that_was_damaged_in_the_cache_is_fetched_anew(
    server: FileServer, file: str, fetcher: Fetcher, target: Path
) -> None:
    target.parent.mkdir()
    target.write_bytes(bytes(len(CONTENT)))
    fetcher.fetch(wanted(target, server.url(file)), Silence())

    assert target.read_bytes() == CONTENT


def test_offline_names_what_is_missing_and_asks_nobody(
    server: FileServer, file: str, env: dict[str, str], target: Path
) -> None:
    fetcher = Fetcher(env, FakeClock(), offline=True)
    with pytest.raises(OfflineError, match=r"file\.deb"):
        fetcher.fetch(wanted(target, server.url(file)), Silence())
    with pytest.raises(OfflineError, match="the index"):
        fetcher.read(server.url(file), max_size=1 << 20, label="the index")

    assert server.requests == []


def test_many_files_come_side_by_side_and_each_is_handed_over(
    server: FileServer, fetcher: Fetcher, tmp_path: Path
) -> None:
    contents = {f"/{number}": bytes([number]) * 1000 for number in range(40)}
    server.pages.update(contents)
    requests = [
        wanted(tmp_path / "cache" / path[1:], server.url(path), content=content)
        for path, content in contents.items()
    ]
    ready: list[Download] = []
    progress = Told()
    paths = fetcher.fetch_all(
        requests, progress, on_ready=lambda request, _: ready.append(request)
    )

    assert [path.read_bytes() for path in paths] == list(contents.values())
    assert sorted(r.target for r in ready) == sorted(paths)
    assert progress.arrived == progress.total == 40_000


def test_one_failure_calls_off_the_rest(
    server: FileServer, file: str, env: dict[str, str], tmp_path: Path
) -> None:
    waiting = threading.Event()

    def hangs(exchange: Exchange) -> None:
        exchange.head("200 OK", {"Content-Length": len(exchange.body)})
        exchange.send(exchange.body[:10])
        waiting.wait(60)

    server.faults[file] = [hangs]
    requests = [
        wanted(tmp_path / "cache" / "a", server.url(file)),
        wanted(tmp_path / "cache" / "b", server.url("missing"), content=b"b"),
    ]
    fetcher = Fetcher(env, SystemClock())
    try:
        with pytest.raises(NotServedError):
            fetcher.fetch_all(requests, Silence())
    finally:
        waiting.set()
        fetcher.close()

    assert not (tmp_path / "cache" / "a").exists()


def test_an_interrupt_ends_downloads_that_hang(
    server: FileServer, file: str, env: dict[str, str], tmp_path: Path
) -> None:
    waiting = threading.Event()

    def hangs(exchange: Exchange) -> None:
        exchange.head("200 OK", {"Content-Length": len(exchange.body)})
        exchange.send(exchange.body[:10])
        waiting.wait(60)

    def interrupted(_request: Download, _path: Path) -> None:
        raise KeyboardInterrupt

    server.faults["/hangs"] = [hangs]
    server.pages["/hangs"] = CONTENT[:5000]
    requests = [
        wanted(tmp_path / "cache" / "a", server.url("hangs"), content=CONTENT[:5000]),
        wanted(tmp_path / "cache" / "b", server.url(file)),
    ]
    fetcher = Fetcher(env, SystemClock())
    try:
        with pytest.raises(KeyboardInterrupt):
            fetcher.fetch_all(requests, Silence(), on_ready=interrupted)
        left = [t for t in threading.enumerate() if t.name == "download"]
    finally:
        waiting.set()
        fetcher.close()

    assert not (tmp_path / "cache" / "a").exists()
    assert left == []


@pytest.mark.timeout(25)
def test_an_interrupt_does_not_wait_for_a_server_that_says_nothing(
    server: FileServer, file: str, env: dict[str, str], tmp_path: Path
) -> None:
    waiting = threading.Event()

    def interrupted(_request: Download, _path: Path) -> None:
        raise KeyboardInterrupt

    def says_nothing(_exchange: Exchange) -> None:
        waiting.wait(60)

    server.faults["/silent"] = [says_nothing]
    requests = [
        wanted(tmp_path / "cache" / "a", server.url("silent")),
        wanted(tmp_path / "cache" / "b", server.url(file)),
    ]
    fetcher = Fetcher(env, SystemClock())
    try:
        with pytest.raises(KeyboardInterrupt):
            fetcher.fetch_all(requests, Silence(), on_ready=interrupted)
    finally:
        waiting.set()
        fetcher.close()

    assert not (tmp_path / "cache" / "a").exists()


def test_two_at_once_fetch_a_file_once(
    server: FileServer, file: str, env: dict[str, str], target: Path
) -> None:
    fetchers = [Fetcher(env, SystemClock()) for _ in range(4)]
    request = wanted(target, server.url(file))
    threads = [
        threading.Thread(target=fetcher.fetch, args=(request, Silence()))
        for fetcher in fetchers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for fetcher in fetchers:
        fetcher.close()

    assert target.read_bytes() == CONTENT
    assert len(server.requests) == 1


def test_a_file_address_is_copied_and_checked(
    fetcher: Fetcher, target: Path, tmp_path: Path
) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "good").write_bytes(CONTENT)
    (tmp_path / "mirror" / "bad").write_bytes(CONTENT[:-1] + b"x")
    base = f"file://{tmp_path}/mirror"
    urls = (f"{base}/missing", f"{base}/bad", f"{base}/good")
    fetcher.fetch(wanted(target, *urls), Silence())

    assert target.read_bytes() == CONTENT


def test_a_proxy_is_asked_for_plain_addresses(
    server: FileServer, clock: FakeClock, target: Path
) -> None:
    server.pages["/file.deb"] = CONTENT
    env = {"HTTP_PROXY": server.base, "no_proxy": "other.example"}
    fetcher = Fetcher(env, clock, jitter=lambda: 0.0)
    fetcher.fetch(wanted(target, "http://mirror.example/file.deb"), Silence())
    fetcher.close()

    assert target.read_bytes() == CONTENT
    assert server.requests[0].headers["host"] == "mirror.example"


@pytest.mark.parametrize(
    "proxy", ["socks5://127.0.0.1:1080", "http://[", "nonsense://x", "http://a b"]
)
def test_a_proxy_that_makes_no_sense_is_named(
    proxy: str, clock: FakeClock, target: Path
) -> None:
    fetcher = Fetcher({"http_proxy": proxy}, clock)
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(wanted(target, "http://mirror.example/file.deb"), Silence())

    assert "the proxy that the environment names" in str(caught.value.where)


def test_a_small_file_is_read_once_while_it_does_not_change(
    server: FileServer, file: str, fetcher: Fetcher
) -> None:
    url = server.url(file)
    first = fetcher.read(url, max_size=len(CONTENT), label="x")
    assert first is not None
    second = fetcher.read(url, max_size=len(CONTENT), label="x", known=first.validators)
    server.pages[file] = b"changed"
    third = fetcher.read(url, max_size=100, label="x", known=first.validators)

    assert first.body == CONTENT
    assert second is None
    assert third is not None
    assert third.body == b"changed"


def test_a_small_file_that_is_large_is_refused(
    server: FileServer, file: str, fetcher: Fetcher
) -> None:
    with pytest.raises(FetchError) as caught:
        fetcher.read(server.url(file), max_size=len(CONTENT) - 1, label="x")

    assert "larger than the 10239 bytes" in str(caught.value.where)
