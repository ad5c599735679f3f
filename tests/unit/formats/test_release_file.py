from datetime import UTC, datetime

import pytest

from devenv.errors import FormatError
from devenv.formats.release_file import parse_date, parse_release
from devenv.model.apt import IndexEntry

DIGEST = "0123456789abcdef" * 4
RELEASE = f"""Origin: Debian
Label: Debian
Suite: stable
Version: 13.7
Codename: trixie
Date: Sat, 12 Sep 2026 07:55:41 UTC
Valid-Until: Sat, 19 Sep 2026 07:55:41 UTC
Acquire-By-Hash: yes
Architectures: all amd64
Components: main contrib
MD5Sum:
 d41d8cd98f00b204e9800998ecf8427e        9 main/weak
SHA256:
 {DIGEST}       12 main/binary-amd64/Packages.xz
 {DIGEST}        0 main/binary-amd64/Packages
"""


def test_a_release_tells_who_it_is_and_what_it_vouches_for() -> None:
    release = parse_release(RELEASE)

    assert (release.origin, release.label) == ("Debian", "Debian")
    assert (release.suite, release.codename) == ("stable", "trixie")
    assert release.version == "13.7"
    assert release.date == datetime(2026, 9, 12, 7, 55, 41, tzinfo=UTC)
    assert release.valid_until == datetime(2026, 9, 19, 7, 55, 41, tzinfo=UTC)
    assert release.architectures == ("all", "amd64")
    assert release.components == ("main", "contrib")
    assert release.acquires_by_hash
    assert release.lists_all_separately
    assert dict(release.entries) == {
        "main/binary-amd64/Packages.xz": IndexEntry(sha256=DIGEST, size=12),
        "main/binary-amd64/Packages": IndexEntry(sha256=DIGEST, size=0),
    }


def test_what_is_left_out_has_a_plain_meaning() -> None:
    release = parse_release(
        f"Date: Sat, 12 Sep 2026 07:55:41 UTC\nSHA256:\n {DIGEST} 1 x\n"
    )

    assert (release.origin, release.codename, release.architectures) == ("", "", ())
    assert release.valid_until is None
    assert not release.acquires_by_hash
    assert not release.lists_all_separately


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        pytest.param("SHA256:", "SHA1:", "no SHA256 section", id="weak only"),
        pytest.param("Date:", "Day:", "no Date", id="no date"),
        pytest.param("Sat, 12 Sep", "some day in", "not a date", id="odd date"),
        pytest.param("07:55:41 UTC\nV", "07:55:41\nV", "UTC", id="no zone"),
        pytest.param("\nLabel", "\n\nLabel", "one paragraph", id="two paragraphs"),
        pytest.param("Label: Debian", "origin: Evil", "given already", id="twice"),
        pytest.param("12 main/b", "12 13 main/b", "not a hash", id="four words"),
        pytest.param(" 12 main", " -1 main", "not a hash", id="negative size"),
        pytest.param(" 12 main", " ² main", "not a hash", id="odd digit"),
        pytest.param(" 12 main", f" {'9' * 16} main", "not a hash", id="endless size"),
        pytest.param(DIGEST, DIGEST[1:], "not a hash", id="short hash"),
        pytest.param(DIGEST, DIGEST.upper(), "not a hash", id="uppercase hash"),
        pytest.param("main/binary-amd64/Packages.xz", "../x", "not a hash", id="up"),
        pytest.param("Packages.xz", "Packages", "describes", id="two answers"),
    ],
)
def test_what_could_mean_two_things_is_refused(old: str, new: str, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        parse_release(RELEASE.replace(old, new, 1))


def test_the_same_line_twice_says_the_same() -> None:
    line = f" {DIGEST}       12 main/binary-amd64/Packages.xz\n"

    assert len(parse_release(RELEASE + line).entries) == 2


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("Sat, 12 Sep 2026 07:55:41 UTC", 7),
        ("Sat, 12 Sep 2026 07:55:41 +0000", 7),
        ("Sat, 12 Sep 2026 07:55:41 GMT", 7),
        ("Sat, 12 Sep 2026 07:55:41 +0200", 5),
        ("12 Sep 2026 07:55:41 UTC", 7),
    ],
)
def test_dates_are_in_utc(text: str, hour: int) -> None:
    assert parse_date(text) == datetime(2026, 9, 12, hour, 55, 41, tzinfo=UTC)
