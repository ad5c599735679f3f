"""From a key to an archive's bytes: every link that may be forged or broken."""

import lzma
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from devenv.errors import (
    DevenvError,
    FetchError,
    HashMismatchError,
    NotServedError,
    OfflineError,
    SignatureError,
)
from devenv.host.dirs import Directories
from devenv.host.http import Fetcher
from devenv.host.progress import Silence
from devenv.model.apt import AptInput, AptPackage, Pocket
from devenv.model.systems import X86_64_LINUX
from devenv.sources.apt.debs import deb_downloads
from devenv.sources.apt.index import PackageIndex, build_index
from devenv.sources.apt.mirrors import Mirrors
from devenv.sources.apt.release import PocketSnapshot, fetch_contents, refresh
from tests.fixtures.archive import (
    Package,
    SignedArchive,
    Signer,
    Suite,
    clearsign,
    joined,
    release_text,
)
from tests.fixtures.clock import NOON, FakeClock
from tests.fixtures.deb import sha256
from tests.fixtures.http_server import FileServer, body, flipped_bit, status

STABLE = Suite(name="trixie")
HELLO = Package(
    name="hello",
    version="1:2.10-5",
    files={"usr/bin/hello": b"#!/bin/sh\necho hello\n"},
)
NEWER = replace(HELLO, version="1:2.12-1")
SCRIPT = Package(
    name="greet",
    version="1.0",
    architecture="all",
    files={"usr/bin/greet": b"#!/bin/sh\n"},
)
DAY = timedelta(days=1)


class Warnings(Silence):
    """Talk of which only the warnings are kept."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def warn(self, text: str) -> None:
        self.texts.append(text)


@dataclass(slots=True)
class World:
    """One user, one archive, one mirror of it, and perhaps its past."""

    archive: SignedArchive
    server: FileServer
    fetcher: Fetcher
    clock: FakeClock
    directories: Directories
    mirrors: Mirrors
    warnings: Warnings = field(default_factory=Warnings)

    def refresh(
        self,
        *pockets: Pocket,
        force: bool = False,
        offline: bool = False,
        allow_rollback: bool = False,
    ) -> tuple[PocketSnapshot, ...]:
        wanted = pockets or (self.archive.pocket(STABLE),)
        return refresh(
            AptInput(name="test", pockets=wanted),
            X86_64_LINUX,
            fetcher=self.fetcher,
            clock=self.clock,
            mirrors=self.mirrors,
            directories=self.directories,
            progress=self.warnings,
            force=force,
            offline=offline,
            allow_rollback=allow_rollback,
        )

    def packages(self, snapshot: PocketSnapshot) -> tuple[AptPackage, ...]:
        place = self.directories.cache / "index.sqlite"
        build_index(place, snapshot.packages_files, pocket=snapshot.pocket.name)
        index = PackageIndex.open(place)
        try:
            return tuple(p for name in index.names() for p in index.packages(name))
        finally:
            index.close()

    def fetch_debs(self, *snapshots: PocketSnapshot) -> list[bytes]:
        packages = [p for snapshot in snapshots for p in self.packages(snapshot)]
        downloads = deb_downloads(
            packages, snapshots, self.mirrors, cache_directory=self.directories.cache
        )
        paths = self.fetcher.fetch_all(downloads, Silence())
        return [path.read_bytes() for path in paths]

    def versions(self) -> list[str]:
        (snapshot,) = self.refresh(force=True)
        return [package.version for package in self.packages(snapshot)]

    def requests(self, containing: str) -> list[str]:
        return [path for path in self.server.paths() if containing in path]


@pytest.fixture
def world(
    archive: SignedArchive,
    server: FileServer,
    fetcher: Fetcher,
    clock: FakeClock,
    directories: Directories,
) -> World:
    archive.publish(STABLE, {"main": [HELLO]})
    return World(
        archive=archive,
        server=server,
        fetcher=fetcher,
        clock=clock,
        directories=directories,
        mirrors=Mirrors(by_archive={"debian": (server.url("debian"),)}, snapshot=None),
    )


def test_packages_come_whole_from_a_well_kept_archive(world: World) -> None:
    (snapshot,) = world.refresh()

    assert world.fetch_debs(snapshot) == [HELLO.deb]
    assert snapshot.mirror == world.server.url("debian")
    assert snapshot.checked_at == NOON
    assert snapshot.release_sha256 == sha256(world.archive.in_release(STABLE))
    assert world.warnings.texts == []


def test_indexes_are_asked_for_by_their_hash(world: World) -> None:
    (snapshot,) = world.refresh()
    entry = snapshot.release.entries["main/binary-amd64/Packages.xz"]

    assert world.requests("Packages") == []
    assert world.requests("by-hash") == [
        f"/debian/dists/trixie/main/binary-amd64/by-hash/SHA256/{entry.sha256}"
    ]


@pytest.mark.parametrize("by_hash", [False, True])
def test_an_archive_without_files_by_hash_will_do(
    by_hash: bool,  # noqa: FBT001 - a row of the table
    world: World,
) -> None:
    suite = replace(STABLE, by_hash=False)
    world.archive.publish(suite, {"main": [NEWER]})
    if by_hash:
        # It says that it has them, but the mirror left them out.
        text = world.archive.signed_text(suite)
        world.archive.sign(suite, f"Acquire-By-Hash: yes\n{text}")

    assert world.versions() == ["1:2.12-1"]


FORGERIES: dict[str, Callable[[bytes], bytes]] = {
    "text before": lambda message: b"Origin: Evil\n\n" + message,
    "an empty line before": lambda message: b"\n" + message,
    "text after": lambda message: message + b"Origin: Evil\n",
    "a second message after": lambda message: message + message,
    "another header": lambda m: m.replace(b"Hash:", b"Comment: x\nHash:", 1),
    "a header that hides text": lambda m: m.replace(
        b"\n\nOrigin", b"\nOrigin: Evil\n\nOrigin", 1
    ),
    "changed text": lambda message: message.replace(b"Debian", b"Debiam", 1),
    "a line more": lambda m: m.replace(b"Origin", b"Not-Automatic: yes\nOrigin", 1),
    "a line that is not escaped": lambda m: m.replace(b"Origin", b"-x\nOrigin", 1),
    "no signature": lambda m: m.partition(b"-----BEGIN PGP SIGNATURE")[0],
    "half a signature": lambda message: message[:-60],
    "a NUL": lambda message: message.replace(b"\nLabel", b"\0\nLabel", 1),
    "nothing": lambda _: b"",
    "plain text": lambda _: b"Origin: Debian\nSuite: stable\n",
    "not UTF-8": lambda message: message.replace(b"Origin", b"\xff", 1),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_file_that_is_not_exactly_one_signed_message_is_refused(
    forge: Callable[[bytes], bytes], world: World
) -> None:
    forged = forge(world.archive.in_release(STABLE))
    world.archive.put_in_release(STABLE, forged)
    with pytest.raises(SignatureError, match=r"clear-signed|has signed"):
        world.refresh()

    assert world.requests("by-hash") == []
    assert not (world.directories.state / "releases").exists()


def test_a_key_that_is_not_pinned_does_not_count(world: World) -> None:
    pocket = world.archive.pocket(STABLE)
    world.archive.signers = [Signer()]
    world.archive.publish(STABLE, {"main": [NEWER]})
    with pytest.raises(SignatureError, match="no known key"):
        world.refresh(pocket)


def test_a_key_in_the_keyring_that_is_not_this_archives_does_not_count(
    world: World,
) -> None:
    stranger = Signer()
    pocket = world.archive.pocket(STABLE)
    world.archive.signers = [stranger]
    world.archive.publish(STABLE, {"main": [NEWER]})
    keyring = pocket.keyring + stranger.certificate
    with pytest.raises(SignatureError, match="no key that is trusted"):
        world.refresh(replace(pocket, keyring=keyring))


def test_one_known_key_of_several_is_enough(world: World) -> None:
    pocket = world.archive.pocket(STABLE)
    world.archive.signers = [Signer(), world.archive.signers[0], Signer()]
    world.archive.publish(STABLE, {"main": [NEWER]})
    (snapshot,) = world.refresh(pocket)

    assert world.fetch_debs(snapshot) == [NEWER.deb]


@pytest.mark.parametrize("is_known_one_good", [True, False])
def test_a_bad_signature_beside_a_good_one_neither_helps_nor_harms(
    is_known_one_good: bool,  # noqa: FBT001 - a row of the table
    world: World,
) -> None:
    known, unknown = world.archive.signers[0], Signer()
    pocket = world.archive.pocket(STABLE)
    text = world.archive.signed_text(STABLE)
    good, bad = (known, unknown) if is_known_one_good else (unknown, known)
    message = joined([good.clearsign(text), bad.clearsign("something else\n")])
    world.archive.put_in_release(STABLE, message)
    if is_known_one_good:
        world.refresh(pocket)
    else:
        with pytest.raises(SignatureError, match="no known key"):
            world.refresh(pocket)


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        pytest.param(("MD5Sum",), "no SHA256 section", id="MD5 only"),
        pytest.param(("MD5Sum", "SHA1"), "no SHA256 section", id="MD5 and SHA-1"),
        pytest.param((), "no SHA256 section", id="no hash at all"),
    ],
)
def test_weak_hashes_vouch_for_nothing(
    sections: tuple[str, ...], words: str, world: World
) -> None:
    suite = replace(STABLE, sections=sections)
    world.archive.publish(suite, {"main": [HELLO]})
    with pytest.raises(SignatureError, match=words):
        world.refresh()


def test_weak_hashes_beside_a_strong_one_do_no_harm(world: World) -> None:
    suite = replace(STABLE, sections=("MD5Sum", "SHA1", "SHA256", "SHA512"))
    world.archive.publish(suite, {"main": [NEWER]})

    assert world.versions() == ["1:2.12-1"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"origin": "Evil"}, "Origin is 'Evil'", id="origin"),
        pytest.param({"label": "Debian-Security"}, "Label is", id="label"),
        pytest.param({"codename": "sid"}, "Codename is 'sid'", id="codename"),
        pytest.param(
            {"architectures": ("arm64",)}, "no packages for amd64", id="architecture"
        ),
    ],
)
def test_another_suite_under_this_name_is_refused(
    change: dict[str, str], words: str, world: World
) -> None:
    pocket = world.archive.pocket(STABLE)
    world.archive.publish(replace(STABLE, **change), {"main": [HELLO]})  # type: ignore[arg-type]
    with pytest.raises(SignatureError, match=words):
        world.refresh(pocket)


def test_a_suite_without_a_pinned_codename_must_carry_its_own_name(
    world: World,
) -> None:
    pocket = replace(world.archive.pocket(STABLE), codename=None)
    world.refresh(pocket)
    world.archive.publish(
        replace(STABLE, codename="sid", extra={"Suite": "unstable"}), {"main": [HELLO]}
    )
    with pytest.raises(SignatureError, match="of sid and unstable, not of trixie"):
        world.refresh(pocket, force=True)


def test_a_date_in_the_future_is_refused_and_not_remembered(world: World) -> None:
    world.archive.publish(replace(STABLE, date=NOON + 2 * DAY), {"main": [HELLO]})
    with pytest.raises(SignatureError, match="made in the future, on 2026-03-03"):
        world.refresh()
    world.archive.publish(STABLE, {"main": [HELLO]})

    assert world.versions() == ["1:2.10-5"]


def test_a_clock_that_is_some_hours_behind_is_no_trouble(world: World) -> None:
    world.archive.publish(
        replace(STABLE, date=NOON + timedelta(hours=20)), {"main": [NEWER]}
    )

    assert world.versions() == ["1:2.12-1"]


def rolled_back(world: World) -> None:
    """Let the mirror serve what it served before."""
    old = world.archive.in_release(STABLE)
    world.archive.publish(
        replace(STABLE, date=NOON + timedelta(hours=1)), {"main": [NEWER]}
    )
    world.clock.pass_time(timedelta(hours=2))
    world.refresh()
    world.archive.put_in_release(STABLE, old)


def test_an_older_release_than_one_seen_before_is_refused(world: World) -> None:
    rolled_back(world)
    with pytest.raises(
        SignatureError, match="older than the one used before"
    ) as caught:
        world.refresh(force=True)

    assert "--allow-rollback" in str(caught.value.hint)


def test_a_rollback_is_noticed_though_the_cache_is_gone(world: World) -> None:
    rolled_back(world)
    for path in (world.directories.cache / "releases").iterdir():
        path.unlink()
    with pytest.raises(SignatureError, match="older than the one used before"):
        world.refresh()


def test_cache_and_state_may_be_one_folder(world: World) -> None:
    one = replace(world.directories, cache=world.directories.state)
    world = replace(world, directories=one)
    rolled_back(world)
    asked = len(world.server.requests)
    world.refresh()
    assert len(world.server.requests) == asked
    with pytest.raises(SignatureError, match="older than the one used before"):
        world.refresh(force=True)


def test_a_mirror_that_lags_behind_costs_a_warning_only(world: World) -> None:
    rolled_back(world)
    world.clock.pass_time(DAY)
    (snapshot,) = world.refresh()

    assert world.fetch_debs(snapshot) == [NEWER.deb]
    assert len(world.warnings.texts) == 1
    assert "older than the one used before" in world.warnings.texts[0]
    assert "using the one of 1 day ago" in world.warnings.texts[0]


def test_a_rollback_that_is_meant_is_accepted_and_remembered(world: World) -> None:
    rolled_back(world)
    (snapshot,) = world.refresh(force=True, allow_rollback=True)

    assert world.fetch_debs(snapshot) == [HELLO.deb]
    assert world.versions() == ["1:2.10-5"]


def test_a_release_signed_anew_at_the_same_date_is_accepted(world: World) -> None:
    world.refresh()
    world.archive.publish(STABLE, {"main": [NEWER]})

    assert world.versions() == ["1:2.12-1"]


def test_an_expired_release_is_refused(world: World) -> None:
    suite = replace(STABLE, valid_until=NOON + DAY)
    world.archive.publish(suite, {"main": [HELLO]})
    world.refresh()
    world.clock.pass_time(2 * DAY)
    with pytest.raises(SignatureError, match="expired on 2026-03-02"):
        world.refresh()


def test_an_expired_release_may_have_a_time_of_grace(world: World) -> None:
    suite = replace(STABLE, valid_until=NOON - DAY)
    world.archive.publish(suite, {"main": [HELLO]})
    pocket = replace(world.archive.pocket(suite), expiry_grace_days=2)
    world.refresh(pocket)

    assert len(world.warnings.texts) == 1
    assert "expired on 2026-02-28" in world.warnings.texts[0]


@pytest.mark.parametrize(
    ("limits", "days", "is_refused", "warning_count"),
    [
        ({"warn_age_days": 30}, 30, False, 0),
        ({"warn_age_days": 30}, 31, False, 1),
        ({"refuse_age_days": 10}, 10, False, 0),
        ({"refuse_age_days": 10}, 11, True, 0),
        ({}, 4000, False, 0),
    ],
)
def test_a_pocket_has_its_own_limits_of_age(
    limits: dict[str, int],
    days: int,
    is_refused: bool,  # noqa: FBT001 - a column of the table
    warning_count: int,
    world: World,
) -> None:
    pocket = replace(world.archive.pocket(STABLE), **limits)  # type: ignore[arg-type]
    world.clock.pass_time(days * DAY)
    if is_refused:
        with pytest.raises(SignatureError, match=f"is {days} days old"):
            world.refresh(pocket)
    else:
        world.refresh(pocket)

    assert len(world.warnings.texts) == warning_count


def test_another_package_list_under_the_signed_name_is_not_taken(world: World) -> None:
    world.archive.publish(replace(STABLE, by_hash=False), {"main": [HELLO]})
    place = "dists/trixie/main/binary-amd64/Packages.xz"
    forged = lzma.compress(b"Package: evil\nVersion: 1\n")
    world.archive.put("debian", place, forged)
    with pytest.raises(HashMismatchError, match="is not the file that was signed"):
        world.refresh()

    assert not (world.directories.state / "releases").exists()


def test_a_list_whose_content_is_not_the_signed_one_is_not_taken(world: World) -> None:
    """The signer vouches for the compressed file, and for another content."""
    text = world.archive.signed_text(STABLE)
    (snapshot,) = world.refresh()
    plain = snapshot.release.entries["main/binary-amd64/Packages"]
    world.archive.sign(STABLE, text.replace(plain.sha256, "0" * 64))
    (snapshot,) = world.refresh(force=True)
    with pytest.raises(HashMismatchError, match="not the one that was signed"):
        world.packages(snapshot)


def test_a_list_that_unfolds_to_more_than_was_signed_is_not_taken(
    world: World,
) -> None:
    text = world.archive.signed_text(STABLE)
    (snapshot,) = world.refresh()
    plain = snapshot.release.entries["main/binary-amd64/Packages"]
    size, smaller = f" {plain.size:>8} ", f" {plain.size - 1:>8} "
    world.archive.sign(STABLE, text.replace(size, smaller))
    (snapshot,) = world.refresh(force=True)
    with pytest.raises(HashMismatchError, match="larger than the"):
        world.packages(snapshot)


def test_a_mirror_that_changes_between_two_requests_is_asked_again(
    world: World,
) -> None:
    old = world.archive.in_release(STABLE)
    suite = replace(STABLE, by_hash=False, date=NOON + timedelta(minutes=1))
    for path in world.archive.root.rglob("by-hash/SHA256/*"):
        path.unlink()
    world.archive.publish(suite, {"main": [NEWER]})
    world.server.faults["/debian/dists/trixie/InRelease"] = [body(old), None]

    assert world.versions() == ["1:2.12-1"]


def test_a_mirror_that_never_gets_consistent_is_left_for_the_next(
    world: World,
) -> None:
    second = SignedArchive(world.server.root / "second", signers=world.archive.signers)
    second.publish(STABLE, {"main": [HELLO]})
    for path in world.archive.path("debian", "dists/trixie/main").rglob("*"):
        if path.is_file():
            path.write_bytes(b"?" * path.stat().st_size)
    bases = (world.server.url("debian"), world.server.url("second/debian"))
    world.mirrors = Mirrors(by_archive={"debian": bases}, snapshot=None)
    (snapshot,) = world.refresh()

    assert world.fetch_debs(snapshot) == [HELLO.deb]


def test_a_mirror_with_a_bad_signature_is_left_for_the_next(world: World) -> None:
    world.server.pages["/evil/dists/trixie/InRelease"] = b"evil"
    bases = (world.server.url("evil"), world.server.url("debian"))
    world.mirrors = Mirrors(by_archive={"debian": bases}, snapshot=None)
    (snapshot,) = world.refresh()

    assert snapshot.mirror == world.server.url("debian")


def test_a_list_of_another_size_than_signed_is_cut_off(world: World) -> None:
    (snapshot,) = world.refresh()
    entry = snapshot.release.entries["main/binary-amd64/Packages.xz"]
    (path,) = (file.path for file in snapshot.packages_files)
    path.unlink()
    endless = body(path.name.encode() * 1000)
    for address in (f"by-hash/SHA256/{entry.sha256}", "Packages.xz"):
        place = f"/debian/dists/trixie/main/binary-amd64/{address}"
        world.server.faults[place] = [endless]
    with pytest.raises(HashMismatchError) as caught:
        world.refresh(force=True)

    assert f"larger than the {entry.size} bytes" in str(caught.value.where)


def test_an_archive_in_the_old_style_is_named_as_such(world: World) -> None:
    pocket = world.archive.pocket(STABLE)
    path = world.archive.path("debian", "dists/trixie/InRelease")
    path.rename(path.with_name("Release"))
    with pytest.raises(SignatureError, match="no InRelease file, only Release"):
        world.refresh(pocket)


def test_a_component_that_is_not_there_is_named(world: World) -> None:
    pocket = world.archive.pocket(STABLE, components=("main", "contrib"))
    with pytest.raises(SignatureError, match=r"no contrib/binary-amd64/Packages\.xz"):
        world.refresh(pocket)


def test_other_compressions_than_xz_and_gzip_are_not_asked_for(world: World) -> None:
    text = release_text(STABLE, ["main"], {"main/binary-amd64/Packages.bz2": b""})
    world.archive.sign(STABLE, text)
    with pytest.raises(SignatureError, match="vouches for no"):
        world.refresh()


def test_gzip_is_taken_where_there_is_no_xz(world: World) -> None:
    place = "dists/trixie/main/binary-amd64"
    plain = lzma.decompress(
        world.archive.path("debian", f"{place}/Packages.xz").read_bytes()
    )
    packed = world.archive.path("debian", f"{place}/Packages.gz").read_bytes()
    indexes = {
        "main/binary-amd64/Packages": plain,
        "main/binary-amd64/Packages.gz": packed,
    }
    world.archive.sign(STABLE, release_text(STABLE, ["main"], indexes))
    (snapshot,) = world.refresh()

    assert world.fetch_debs(snapshot) == [HELLO.deb]


def test_what_was_checked_today_is_not_asked_for_again(world: World) -> None:
    world.refresh()
    asked = len(world.server.requests)
    world.clock.pass_time(timedelta(hours=23))
    world.refresh()

    assert len(world.server.requests) == asked


def test_after_a_day_the_archive_is_asked_whether_something_changed(
    world: World,
) -> None:
    world.refresh()
    asked = len(world.server.requests)
    world.clock.pass_time(timedelta(hours=25))
    (snapshot,) = world.refresh()

    assert [request.path for request in world.server.requests[asked:]] == [
        "/debian/dists/trixie/InRelease"
    ]
    assert "if-none-match" in world.server.requests[-1].headers
    assert snapshot.checked_at == world.clock.now()


def test_a_user_who_asks_for_news_gets_them_at_once(world: World) -> None:
    world.refresh()
    world.archive.publish(replace(STABLE, date=NOON + DAY / 2), {"main": [NEWER]})

    assert world.versions() == ["1:2.12-1"]


def test_without_network_the_last_good_lists_are_used(world: World) -> None:
    world.refresh()
    world.clock.pass_time(3 * DAY)
    world.server.faults["/debian/dists/trixie/InRelease"] = [status(502)]
    (snapshot,) = world.refresh()

    assert snapshot.checked_at == NOON
    assert len(world.warnings.texts) == 1
    assert "using the one of 3 days ago" in world.warnings.texts[0]


def test_a_user_who_asks_for_news_hears_that_there_is_no_network(
    world: World,
) -> None:
    world.refresh()
    world.server.faults["/debian/dists/trixie/InRelease"] = [status(502)]
    with pytest.raises(FetchError, match="package list of trixie could not"):
        world.refresh(force=True)


def test_offline_uses_the_last_good_lists_and_tells_their_age(world: World) -> None:
    world.archive.publish(replace(STABLE, valid_until=NOON + DAY), {"main": [HELLO]})
    world.refresh()
    asked = len(world.server.requests)
    world.clock.pass_time(40 * DAY)
    world.refresh(offline=True)

    assert len(world.server.requests) == asked
    assert world.warnings.texts == ["offline: using the package lists of 40 days ago"]


def test_offline_without_lists_says_what_to_do(world: World) -> None:
    with pytest.raises(
        OfflineError, match="package list of trixie was never"
    ) as caught:
        world.refresh(offline=True)

    assert "without --offline" in str(caught.value.hint)


def test_lists_that_are_damaged_on_disk_are_fetched_anew(world: World) -> None:
    (snapshot,) = world.refresh()
    (path,) = (file.path for file in snapshot.packages_files)
    path.write_bytes(bytes(path.stat().st_size))
    (snapshot,) = world.refresh()

    assert world.fetch_debs(snapshot) == [HELLO.deb]


def test_a_release_that_was_changed_on_disk_is_not_believed(world: World) -> None:
    world.refresh()
    (path,) = (world.directories.cache / "releases").glob("*.InRelease")
    path.write_bytes(path.read_bytes().replace(b"Debian", b"Debiam"))
    (snapshot,) = world.refresh()

    assert snapshot.release.origin == "Debian"


def test_an_optional_pocket_may_be_missing(world: World) -> None:
    updates = replace(
        world.archive.pocket(replace(STABLE, name="trixie-updates")), is_optional=True
    )
    (snapshot,) = world.refresh(world.archive.pocket(STABLE), updates)
    asked = len(world.server.requests)
    world.refresh(world.archive.pocket(STABLE), updates)
    world.refresh(world.archive.pocket(STABLE), updates, offline=True)

    assert snapshot.pocket.name == "trixie"
    assert len(world.server.requests) == asked


def test_an_optional_pocket_that_was_there_may_not_go_missing(world: World) -> None:
    suite = replace(STABLE, name="trixie-updates")
    world.archive.publish(suite, {"main": [NEWER]})
    updates = replace(world.archive.pocket(suite), is_optional=True)
    world.refresh(updates)
    world.archive.path("debian", "dists/trixie-updates/InRelease").unlink()
    with pytest.raises(NotServedError, match="no mirror has trixie-updates"):
        world.refresh(updates, force=True)


def test_a_pocket_that_must_be_there_and_is_not_is_an_error(world: World) -> None:
    pocket = replace(world.archive.pocket(STABLE), suite="sid", codename="sid")
    with pytest.raises(NotServedError):
        world.refresh(replace(pocket, keyring=world.archive.keyring))


def test_an_archive_without_a_mirror_is_named_with_the_way_out(world: World) -> None:
    world.mirrors = Mirrors(by_archive={}, snapshot=None)
    with pytest.raises(FetchError, match="no mirror is known") as caught:
        world.refresh()

    assert "DEVENV_APT_MIRROR" in str(caught.value.hint)


def test_packages_for_all_architectures_may_have_lists_of_their_own(
    world: World,
) -> None:
    suite = replace(STABLE, architectures=("all", "amd64"))
    only_all = replace(suite, extra={"No-Support-for-Architecture-all": "Packages"})
    world.archive.publish(only_all, {"main": [SCRIPT]})
    (snapshot,) = world.refresh()
    assert len(snapshot.packages_files) == 1
    world.archive.publish(suite, {"main": [SCRIPT]})
    (snapshot,) = world.refresh(force=True)

    # This archive lists the package in both, so the contents are the same file.
    assert snapshot.release.lists_all_separately
    assert len(snapshot.packages_files) == 2


def test_programs_of_every_kind_of_package_are_in_the_contents(world: World) -> None:
    world.archive.publish(STABLE, {"main": [HELLO, SCRIPT]})
    (snapshot,) = world.refresh()
    files = fetch_contents(
        snapshot,
        X86_64_LINUX,
        fetcher=world.fetcher,
        mirrors=world.mirrors,
        cache_directory=world.directories.cache,
        progress=Silence(),
    )

    assert len(files) == 2


@pytest.fixture
def with_past(world: World) -> World:
    """Return a world whose snapshots live on the same server."""
    world.mirrors = replace(world.mirrors, snapshot=world.server.url("past"))
    return world


@pytest.mark.parametrize(
    "moment", ["20260302T000000Z", "20260301T120000Z"], ids=["half a day on", "at once"]
)
def test_an_archive_that_left_the_pool_comes_from_a_snapshot(
    moment: str, with_past: World
) -> None:
    (snapshot,) = with_past.refresh()
    place = HELLO.filename("main")
    with_past.archive.path("debian", place).unlink()
    with_past.server.pages[f"/past/debian/{moment}/{place}"] = HELLO.deb

    assert with_past.fetch_debs(snapshot) == [HELLO.deb]


def test_an_archive_that_was_replaced_in_the_pool_comes_from_a_snapshot(
    with_past: World,
) -> None:
    (snapshot,) = with_past.refresh()
    place = HELLO.filename("main")
    with_past.server.faults[f"/debian/{place}"] = [flipped_bit(100)]
    with_past.server.pages[f"/past/debian/20260302T000000Z/{place}"] = HELLO.deb

    assert with_past.fetch_debs(snapshot) == [HELLO.deb]


def test_an_archive_nobody_has_right_is_an_error_that_names_it(
    with_past: World,
) -> None:
    (snapshot,) = with_past.refresh()
    place = HELLO.filename("main")
    with_past.server.faults[f"/debian/{place}"] = [flipped_bit(100)]
    with pytest.raises(HashMismatchError, match=r"hello 1:2\.10-5 is not the file"):
        with_past.fetch_debs(snapshot)


def test_without_any_mirror_the_snapshot_serves_the_whole_suite(
    with_past: World,
) -> None:
    with_past.mirrors = replace(with_past.mirrors, by_archive={})
    past = with_past.server.root / "past/debian/20260301T120000Z"
    past.parent.mkdir(parents=True)
    past.symlink_to(with_past.server.root / "debian")
    (snapshot,) = with_past.refresh()

    assert with_past.fetch_debs(snapshot) == [HELLO.deb]


def test_a_mirror_that_is_a_folder_will_do(world: World, tmp_path: Path) -> None:
    base = f"file://{tmp_path}/served/debian"
    world.mirrors = Mirrors(by_archive={"debian": (base,)}, snapshot=None)
    (snapshot,) = world.refresh()

    assert world.fetch_debs(snapshot) == [HELLO.deb]
    assert world.server.requests == []


def test_a_flat_archive_will_do(world: World) -> None:
    deb = HELLO.deb
    paragraph = HELLO.paragraph("main").replace(HELLO.filename("main"), "./hello.deb")
    packed = lzma.compress(paragraph.encode())
    suite = replace(STABLE, by_hash=False)
    indexes = {"Packages": paragraph.encode(), "Packages.xz": packed}
    text = release_text(suite, [], indexes)
    world.archive.put("flat", "InRelease", clearsign(text, world.archive.signers))
    world.archive.put("flat", "Packages.xz", packed)
    world.archive.put("flat", "hello.deb", deb)
    pocket = replace(
        world.archive.pocket(STABLE),
        archive=world.server.url("flat"),
        suite="./",
        components=(),
        codename=None,
    )
    (snapshot,) = world.refresh(pocket)

    assert world.fetch_debs(snapshot) == [deb]


def test_every_refusal_has_words_for_the_user(world: World) -> None:
    world.archive.put_in_release(STABLE, b"nothing signed")
    with pytest.raises(DevenvError) as caught:
        world.refresh()

    assert "trixie" in caught.value.what
    assert world.server.url("debian") in str(caught.value.where)
