"""What caches do to a download, and that it is never an error."""

import os
import socket
import stat
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from devenv.errors import FetchError, HashMismatchError, OfflineError
from devenv.host.archive_server import ArchiveServer, archive_server
from devenv.host.cache_folder import is_kept, keep, prepare_cache_folder
from devenv.host.caches import Caches
from devenv.host.http import Download, Fetcher
from devenv.host.part_file import RESUME_WORTH_BYTES, part_path
from devenv.host.progress import Silence
from tests.fixtures.clock import FakeClock
from tests.fixtures.deb import sha256
from tests.fixtures.http_server import (
    Exchange,
    Fault,
    FileServer,
    body,
    flipped_bit,
    raw,
    redirect,
    refused_address,
    reset_at,
    serving,
    status,
    truncated_at,
)

CONTENTS = tuple(bytes([number]) * 5000 for number in range(12))
HTML = b"<!DOCTYPE html><html><title>Welcome to our hotel</title></html>"


@dataclass(slots=True)
class Heard:
    """What a user is told."""

    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def detail(self, text: str) -> None:
        self.details.append(text)


@dataclass(slots=True)
class Trial:
    """A mirror that has everything, caches, and who asks them."""

    env: dict[str, str]
    mirror: FileServer
    folder: Path
    heard: Heard = field(default_factory=Heard)
    clock: FakeClock = field(default_factory=FakeClock)

    @contextmanager
    def fetcher(self, *places: str, offline: bool = False) -> Iterator[Fetcher]:
        caches = Caches(
            places=places, talk=self.heard, connect_seconds=0.3, answer_seconds=0.3
        )
        fetcher = Fetcher(
            self.env, self.clock, jitter=lambda: 0.0, offline=offline, caches=caches
        )
        try:
            yield fetcher
        finally:
            fetcher.close()

    def wanted(self, contents: Sequence[bytes] = CONTENTS) -> list[Download]:
        return [
            Download(
                urls=(self.mirror.url(f"pool/{sha256(content)}.deb"),),
                target=self.folder / sha256(content),
                sha256=sha256(content),
                size=len(content),
                max_size=len(content),
                label=f"package {number}",
                is_archive=True,
            )
            for number, content in enumerate(contents)
        ]

    def fetch(self, *places: str, contents: Sequence[bytes] = CONTENTS) -> None:
        with self.fetcher(*places) as fetcher:
            paths = fetcher.fetch_all(self.wanted(contents), Silence())
        assert [path.read_bytes() for path in paths] == list(contents)


@pytest.fixture
def trial(env: dict[str, str], server: FileServer, tmp_path: Path) -> Trial:
    for content in CONTENTS:
        server.pages[f"/pool/{sha256(content)}.deb"] = content
    folder = tmp_path / "downloads"
    folder.mkdir()
    return Trial(env, server, folder)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[FileServer]:
    """Yield a cache that has everything, and can be made to misbehave."""
    (tmp_path / "cache").mkdir()
    with serving(tmp_path / "cache") as cache:
        for content in CONTENTS:
            cache.pages[asked(content)] = content
        yield cache


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Return a cache folder that has everything."""
    return filled(tmp_path / "kept", CONTENTS)


def filled(folder: Path, contents: Sequence[bytes]) -> Path:
    prepare_cache_folder(folder)
    source = folder.with_name("source")
    for content in contents:
        source.write_bytes(content)
        keep(folder, source, sha256(content))
    return folder


def place_of(folder: Path, content: bytes) -> Path:
    return folder / sha256(content)[:2] / sha256(content)


def asked(content: bytes) -> str:
    return f"/{sha256(content)[:2]}/{sha256(content)}"


def misbehave(cache: FileServer, fault: Fault) -> None:
    for path in cache.pages:
        cache.faults[path] = [fault]


def test_a_cache_is_asked_for_hashes_and_no_mirror_is(
    trial: Trial, cache: FileServer
) -> None:
    trial.fetch(cache.base)
    assert sorted(cache.paths()) == sorted(map(asked, CONTENTS))
    assert trial.mirror.requests == []
    assert trial.heard == Heard(notes=[f"12 of 12 from the cache {cache.base}"])
    # Nothing tells whose they are, or what for.
    assert {tuple(sorted(request.headers)) for request in cache.requests} == {
        ("accept-encoding", "host", "user-agent")
    }


def test_what_a_cache_does_not_have_comes_from_the_next_and_then_a_mirror(
    trial: Trial, cache: FileServer, tmp_path: Path
) -> None:
    for content in CONTENTS[:8]:
        del cache.pages[asked(content)]
    cache.faults[asked(CONTENTS[7])] = [status(403)]
    folder = filled(tmp_path / "few", CONTENTS[:5])
    trial.fetch(cache.base, str(folder))
    assert len(trial.mirror.requests) == 3
    assert trial.heard == Heard(
        notes=[
            f"5 of 12 from the cache {folder}",
            f"4 of 12 from the cache {cache.base}",
        ]
    )


def trickle(exchange: Exchange) -> None:
    exchange.head("200 OK", {"Content-Length": len(exchange.body)})
    exchange.send(exchange.body[:10])
    threading.Event().wait(0.5)


def silent(_: Exchange) -> None:
    threading.Event().wait(0.5)


@pytest.mark.parametrize(
    ("fault", "what"),
    [
        (flipped_bit(77), "another file (sha256"),
        (body(b"x" * 4999), "another file (of 4999 bytes, not 5000)"),
        (body(b"x" * 5001), "larger than the 5000 bytes"),
        (body(HTML), "a web page came instead"),
        (truncated_at(1000), "the connection broke"),
        (truncated_at(1000, with_length=False), "ended after 1000 of 5000"),
        (reset_at(1000), "the connection broke"),
        (raw(b"no HTTP at all\r\n\r\n"), "the connection broke"),
        (status(500), "answers 500"),
        (status(503, Retry_After="3600"), "answers 503"),
        (status(401), "answers 401"),
        (redirect("file:///etc/passwd"), "neither http nor https"),
        (redirect("/elsewhere\x7f"), "forbidden characters"),
        (silent, "does not answer in time"),
        (trickle, "in time"),
    ],
    ids=[
        "tampered",
        "too short",
        "too long",
        "a web page",
        "truncated",
        "truncated, without a length",
        "reset",
        "no HTTP",
        "broken",
        "busy",
        "wants a password",
        "redirects to a file",
        "redirects with a control character",
        "silent",
        "a trickle",
    ],
)
def test_a_cache_that_misbehaves_is_passed_over_in_one_line(
    trial: Trial, cache: FileServer, fault: Fault, what: str
) -> None:
    misbehave(cache, fault)
    trial.fetch(cache.base)
    (line,) = trial.heard.warnings
    assert line.startswith(f"the cache {cache.base} is passed over: ")
    assert what in line
    # Eight were asked for at once; none of those that came after.
    assert len(cache.requests) <= 8
    assert len(trial.heard.details) == len(cache.requests) - 1
    assert len(trial.mirror.requests) == len(CONTENTS)


def test_a_cache_may_not_be_as_slow_as_a_mirror(
    trial: Trial, cache: FileServer
) -> None:
    trial.clock.step_seconds = 4.0
    trial.fetch(cache.base)
    (line,) = trial.heard.warnings
    assert line.endswith("it sends less than 20000 bytes a second")
    assert len(trial.mirror.requests) == len(CONTENTS)


def test_a_cache_that_redirects_for_ever_is_passed_over(
    trial: Trial, cache: FileServer
) -> None:
    for path in cache.pages:
        cache.faults[path] = [redirect(path)]
    trial.fetch(cache.base)
    (line,) = trial.heard.warnings
    assert "redirects more than 5 times" in line


def test_a_cache_may_redirect_and_the_hash_decides(
    trial: Trial, cache: FileServer
) -> None:
    for content in CONTENTS:
        cache.pages[f"/elsewhere{asked(content)}"] = content
        cache.faults[asked(content)] = [redirect(f"/elsewhere{asked(content)}")]
    trial.fetch(cache.base)
    assert trial.mirror.requests == []
    assert trial.heard.warnings == []


@pytest.mark.parametrize(
    ("place", "what"),
    [
        (refused_address, "Connection refused"),
        (lambda: "http://cache.invalid", "host name cannot be found"),
        (lambda: "/no/such/folder", "there is no such folder"),
        (lambda: "http://[", "this is not an address"),
    ],
    ids=["nobody listens", "no such host", "no such folder", "no address"],
)
def test_a_cache_that_is_away_is_passed_over_in_one_line(
    trial: Trial, place: Callable[[], str], what: str
) -> None:
    trial.fetch(place())
    (line,) = trial.heard.warnings
    assert what in line


def test_a_cache_that_never_takes_the_connection_costs_its_time_once(
    trial: Trial,
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        # The queue of a server that accepts nobody is full after one or two.
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.settimeout(0)
            each.connect_ex(address)
        trial.fetch(f"http://127.0.0.1:{address[1]}")
        for each in waiting:
            each.close()
    (line,) = trial.heard.warnings
    assert "no answer in time" in line
    # Eight at a time: those waited together, and those that came after did not.
    assert len(trial.heard.details) < 8


def test_a_password_in_an_address_is_sent_and_not_shown(
    trial: Trial, cache: FileServer
) -> None:
    misbehave(cache, status(500))
    trial.fetch(cache.base.replace("://", "://me:secret@"))
    assert cache.requests[0].headers["authorization"] == "Basic bWU6c2VjcmV0"
    assert "secret" not in str(trial.heard)


def test_nothing_but_archives_is_asked_for(trial: Trial, cache: FileServer) -> None:
    content = CONTENTS[0]
    url = trial.mirror.url(f"pool/{sha256(content)}.deb")
    index = Download(
        urls=(url,),
        target=trial.folder / "index",
        sha256=sha256(content),
        size=None,
        max_size=1 << 20,
    )
    with trial.fetcher(cache.base) as fetcher:
        fetcher.fetch(index, Silence())
        fetcher.read(url, max_size=1 << 20, label="a Release")
    assert cache.requests == []


def test_a_cache_that_broke_off_is_asked_again_if_nobody_else_has_it(
    trial: Trial, cache: FileServer
) -> None:
    trial.mirror.pages.clear()
    for path in cache.pages:
        cache.faults[path] = [truncated_at(1000), None]
    trial.fetch(cache.base)
    assert len(trial.heard.warnings) == 1


def test_a_cache_that_lies_is_the_error_if_nobody_else_has_it(
    trial: Trial, cache: FileServer
) -> None:
    trial.mirror.pages.clear()
    misbehave(cache, flipped_bit(1))
    with (
        pytest.raises(HashMismatchError) as caught,
        trial.fetcher(cache.base) as fetcher,
    ):
        fetcher.fetch_all(trial.wanted(CONTENTS[:1]), Silence())
    assert cache.base in str(caught.value.where)
    assert trial.mirror.base in str(caught.value.where)
    assert list(trial.folder.iterdir()) == []


def test_a_cache_that_lied_once_is_asked_for_the_rest_if_nobody_else_has_it(
    trial: Trial, cache: FileServer
) -> None:
    for content in CONTENTS[1:]:
        del trial.mirror.pages[f"/pool/{sha256(content)}.deb"]
    cache.faults[asked(CONTENTS[0])] = [flipped_bit(1)]
    trial.fetch(cache.base)
    assert len(trial.heard.warnings) == 1
    assert cache.paths().count(asked(CONTENTS[0])) == 1


def test_what_a_mirror_began_is_gone_on_with_there_after_a_cache_was_asked(
    trial: Trial, cache: FileServer
) -> None:
    large = CONTENTS[3] * (2 * RESUME_WORTH_BYTES // 5000)
    path = f"/pool/{sha256(large)}.deb"
    trial.mirror.pages[path] = large
    trial.mirror.faults[path] = [truncated_at(RESUME_WORTH_BYTES)] * 5 + [None]
    with pytest.raises(FetchError):
        trial.fetch(contents=[large])
    assert part_path(trial.folder / sha256(large)).exists()
    trial.fetch(cache.base, contents=[large])
    assert cache.paths() == [asked(large)]
    headers = trial.mirror.requests[-1].headers
    assert headers["range"] == f"bytes={RESUME_WORTH_BYTES}-"


def test_offline_folders_are_used_and_no_server_is(
    trial: Trial, cache: FileServer, kept: Path
) -> None:
    with trial.fetcher(cache.base, str(kept), offline=True) as fetcher:
        paths = fetcher.fetch_all(trial.wanted(), Silence())
    assert [path.read_bytes() for path in paths] == list(CONTENTS)
    assert cache.requests == trial.mirror.requests == []
    place_of(kept, CONTENTS[4]).unlink()
    (trial.folder / sha256(CONTENTS[4])).unlink()
    with (
        trial.fetcher(cache.base, str(kept), offline=True) as fetcher,
        pytest.raises(OfflineError, match="package 4"),
    ):
        fetcher.fetch_all(trial.wanted(), Silence())


def test_a_flat_folder_is_a_cache(trial: Trial, tmp_path: Path) -> None:
    for content in CONTENTS:
        (tmp_path / sha256(content)).write_bytes(content)
    trial.fetch(str(tmp_path))
    assert trial.mirror.requests == []


def _bad_bytes(path: Path, _: Path) -> None:
    path.write_bytes(b"y" * 5000)


def _shorter(path: Path, _: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _link(path: Path, content: Path) -> None:
    path.unlink()
    path.symlink_to(content)


def _linked_folder(path: Path, content: Path) -> None:
    aside = content.with_name("aside")
    path.parent.rename(aside)
    path.parent.symlink_to(aside)


def _fifo(path: Path, _: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _folder(path: Path, _: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        (_bad_bytes, "another file (sha256"),
        (_shorter, "another file (of 4999 bytes"),
        (_link, "symbolic links"),
        (_linked_folder, "is no folder"),
        (_fifo, "no regular file"),
        (_folder, "no regular file"),
    ],
    ids=["other bytes", "shorter", "a link", "a linked folder", "a fifo", "a folder"],
)
def test_one_bad_thing_in_a_folder_is_left_there_and_the_rest_is_used(
    trial: Trial,
    kept: Path,
    tmp_path: Path,
    harm: Callable[[Path, Path], None],
    what: str,
) -> None:
    content = tmp_path / "content"
    content.write_bytes(CONTENTS[6])
    harm(place_of(kept, CONTENTS[6]), content)
    trial.fetch(str(kept))
    assert trial.mirror.paths() == [f"/pool/{sha256(CONTENTS[6])}.deb"]
    (line,) = trial.heard.warnings
    assert line.startswith(f"package 6 is not taken from the cache {kept}: ")
    assert what in line
    assert not (trial.folder / sha256(CONTENTS[6])).is_symlink()


def test_pushing_changes_only_what_is_missing_and_checks_what_it_copies(
    kept: Path, tmp_path: Path
) -> None:
    before = {path: path.stat().st_mtime_ns for path in kept.rglob("*")}
    wrong = tmp_path / "wrong"
    wrong.write_bytes(b"not it")
    new = sha256(b"something new")
    with pytest.raises(HashMismatchError):
        keep(kept, wrong, new)
    assert not is_kept(kept, new, 6, is_read=False)
    after = {path: path.stat().st_mtime_ns for path in kept.rglob("*")}
    assert {path for path in after if path.is_file()} == {
        path for path in before if path.is_file()
    }
    assert is_kept(kept, sha256(CONTENTS[0]), 5000, is_read=True)


def test_a_folder_of_a_team_stays_open_to_the_team(tmp_path: Path) -> None:
    team = tmp_path / "team"
    team.mkdir()
    team.chmod(0o2775)
    filled(team, CONTENTS[:1])
    parent = place_of(team, CONTENTS[0]).parent
    assert stat.S_IMODE(parent.stat().st_mode) == 0o2775
    assert stat.S_IMODE(place_of(team, CONTENTS[0]).stat().st_mode) == 0o644


def test_what_was_left_half_copied_is_removed_after_a_day(kept: Path) -> None:
    parent = place_of(kept, CONTENTS[0]).parent
    old, new = (
        parent / f".{sha256(CONTENTS[0])}-{letter * 32}" for letter in ("a", "b")
    )
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    source = parent.with_name("source")
    source.write_bytes(CONTENTS[0])
    keep(kept, source, sha256(CONTENTS[0]))
    assert (old.exists(), new.exists()) == (False, True)


@pytest.fixture
def share(kept: Path) -> Iterator[tuple[ArchiveServer, list[str]]]:
    """Yield devenv's own server of a cache folder, and what it heard."""
    heard: list[str] = []
    with archive_server("127.0.0.1", 0, folder=kept, heard=heard.append) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server, heard
        server.shutdown()
        thread.join()


def base_of(server: ArchiveServer) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


def test_our_own_server_is_a_cache(
    trial: Trial, share: tuple[ArchiveServer, list[str]]
) -> None:
    server, heard = share
    trial.fetch(base_of(server))
    assert trial.mirror.requests == []
    assert trial.heard.warnings == []
    assert sorted(heard) == sorted(
        f"127.0.0.1 {asked(content)} 200" for content in CONTENTS
    )


def test_what_our_own_server_began_is_gone_on_with(
    trial: Trial, share: tuple[ArchiveServer, list[str]], kept: Path
) -> None:
    server, heard = share
    large = os.urandom(2 * RESUME_WORTH_BYTES)
    filled(kept, [large])
    target = trial.folder / sha256(large)
    part_path(target).write_bytes(large[:RESUME_WORTH_BYTES])
    url = f"{base_of(server)}{asked(large)}"
    target.with_name(f"{target.name}.part.json").write_text(
        f'{{"url": "{url}", "validator": "\\"{sha256(large)}\\""}}'
    )
    trial.fetch(base_of(server), contents=[large])
    assert heard == [f"127.0.0.1 {asked(large)} 206"]


def ask(server: ArchiveServer, request: bytes) -> tuple[bytes, bytes]:
    """Return the head and the body of what comes."""
    with socket.create_connection(
        ("127.0.0.1", server.server_address[1])
    ) as connection:
        connection.sendall(request + b"\r\nConnection: close\r\n\r\n")
        answer = b""
        while piece := connection.recv(1 << 16):
            answer += piece
    head, _, rest = answer.partition(b"\r\n\r\n")
    return head, rest


HASH = sha256(CONTENTS[0])


@pytest.mark.parametrize(
    "path",
    [
        f"/{HASH}",
        f"/{HASH[:2]}/{HASH.upper()}",
        f"/zz/{HASH}",
        f"/{HASH[:2]}/{HASH}/",
        f"/{HASH[:2]}/{HASH}?x",
        f"/{HASH[:2]}//{HASH}",
        f"/{HASH[:2]}/{HASH[:-1]}%61",
        f"/./{HASH[:2]}/{HASH}",
        f"{HASH[:2]}/{HASH}",
        f"http://other/{HASH[:2]}/{HASH}",
        f"/{HASH[:2]}/",
        f"/{HASH[:2]}/.{HASH}-{'a' * 32}",
        "/../../../../etc/passwd",
        "/..%2f..%2fetc/passwd",
        "/%2e%2e/source",
        "/source",
        "//etc/passwd",
        f"/../{'a' * 62}",
        "/\x00",
    ],
)
def test_no_other_name_is_served(
    share: tuple[ArchiveServer, list[str]], path: str
) -> None:
    head, rest = ask(share[0], f"GET {path} HTTP/1.1\r\nHost: x".encode())
    assert head.split()[1] in {b"404", b"400"}
    assert b"root:" not in rest
    assert CONTENTS[0] not in rest


@pytest.mark.parametrize(
    ("method", "fields", "code", "expected"),
    [
        ("GET", "", b"200", CONTENTS[1]),
        ("HEAD", "", b"200", b""),
        ("GET", "\r\nRange: bytes=4990-", b"206", CONTENTS[1][4990:]),
        ("GET", "\r\nRange: bytes=1-3", b"206", CONTENTS[1][1:4]),
        ("GET", "\r\nRange: bytes=4998-9999", b"206", CONTENTS[1][4998:]),
        ("GET", "\r\nRange: bytes=5000-", b"416", b""),
        ("GET", "\r\nRange: bytes=-5", b"200", CONTENTS[1]),
        ("GET", "\r\nRange: bytes=1-2,4-5", b"200", CONTENTS[1]),
        ("GET", "\r\nRange: bytes=9-", b"206", CONTENTS[1][9:]),
        ("GET", '\r\nRange: bytes=9-\r\nIf-Range: "x"', b"200", CONTENTS[1]),
        ("GET", f"\r\nRange: bytes={'9' * 70}-", b"200", CONTENTS[1]),
        ("POST", "\r\nContent-Length: 0", b"501", None),
        ("PUT", "\r\nContent-Length: 0", b"501", None),
        ("DELETE", "", b"501", None),
    ],
)
def test_our_own_server_knows_ranges_and_takes_nothing(
    share: tuple[ArchiveServer, list[str]],
    method: str,
    fields: str,
    code: bytes,
    expected: bytes | None,
) -> None:
    request = f"{method} {asked(CONTENTS[1])} HTTP/1.1\r\nHost: x{fields}"
    head, rest = ask(share[0], request.encode())
    assert head.split()[1] == code
    if expected is not None:
        assert rest == expected
    if code == b"200":
        assert b"Content-Length: 5000\r\n" in head + b"\r\n"


@pytest.mark.parametrize("harm", [_link, _linked_folder, _fifo, _folder])
def test_our_own_server_follows_no_link_and_waits_for_no_fifo(
    share: tuple[ArchiveServer, list[str]],
    kept: Path,
    tmp_path: Path,
    harm: Callable[[Path, Path], None],
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"of somebody else")
    harm(place_of(kept, CONTENTS[2]), secret)
    request = f"GET {asked(CONTENTS[2])} HTTP/1.1\r\nHost: x"
    head, rest = ask(share[0], request.encode())
    assert head.split()[1] == b"404"
    assert rest == b""
