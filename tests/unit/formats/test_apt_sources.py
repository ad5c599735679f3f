import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.formats.apt_sources import (
    AptSource,
    parse_apt_file,
    parse_list,
    parse_mirror_list,
)

TRIXIE = AptSource(
    uri="http://mirror.example.org/debian", suites=("trixie",), components=("main",)
)


@pytest.mark.parametrize(
    "line",
    [
        "deb http://mirror.example.org/debian trixie main",
        "  deb\thttp://mirror.example.org/debian   trixie main  # comment",
        "deb [arch=amd64 signed-by=/b] http://mirror.example.org/debian trixie main",
        "deb [ trusted=yes ] http://mirror.example.org/debian trixie main",
    ],
)
def test_a_line_names_an_archive(line: str) -> None:
    assert parse_list(f"# first\n\n{line}\n") == (TRIXIE,)


@pytest.mark.parametrize(
    "line",
    [
        "# deb http://mirror.example.org/debian trixie main",
        "deb-src http://mirror.example.org/debian trixie main",
        "deb",
        "deb http://mirror.example.org/debian",
        "deb [arch=amd64",
        "rpm http://mirror.example.org/debian trixie main",
    ],
)
def test_other_lines_name_none(line: str) -> None:
    assert parse_list(line) == ()


def test_a_flat_archive_has_no_components() -> None:
    assert parse_list("deb http://example.org/x ./") == (
        AptSource(uri="http://example.org/x", suites=("./",), components=()),
    )


SOURCES = """Types: deb deb-src
URIs: http://mirror.example.org/debian
 http://second.example.org/debian
Suites: trixie trixie-updates
Components: main contrib
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abcd

# another
types: deb
uris: http://third.example.org/debian
suites: sid
components: main
"""


def test_a_paragraph_may_name_several_archives() -> None:
    found = parse_apt_file("debian.sources", SOURCES)

    assert [source.uri for source in found] == [
        "http://mirror.example.org/debian",
        "http://second.example.org/debian",
        "http://third.example.org/debian",
    ]
    assert found[0].suites == ("trixie", "trixie-updates")
    assert found[0].components == ("main", "contrib")


@pytest.mark.parametrize("word", ["no", "No", "false", "0", "off"])
def test_a_disabled_paragraph_names_none(word: str) -> None:
    text = SOURCES.partition("\n\n")[0] + f"\nEnabled: {word}\n"

    assert parse_apt_file("x.sources", text) == ()


def test_a_source_only_paragraph_names_none() -> None:
    text = SOURCES.partition("\n\n")[0].replace("deb deb-src", "deb-src")

    assert parse_apt_file("x.sources", text) == ()


@given(st.text(), st.sampled_from(["x.list", "x.sources", "x.save", "README"]))
def test_no_file_of_the_hosts_keeps_devenv_from_working(text: str, name: str) -> None:
    for source in parse_apt_file(name, text):
        assert source.uri


def test_a_list_of_mirrors_has_one_to_a_line() -> None:
    text = (
        "# ours\nhttps://a.example.org/debian\tpriority:1\n\nhttps://b.example.org/x\n"
    )

    assert parse_mirror_list(text) == (
        "https://a.example.org/debian",
        "https://b.example.org/x",
    )
