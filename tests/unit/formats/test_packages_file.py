from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.errors import FormatError
from devenv.formats.packages_file import PackageStanza, parse_packages
from tests.fixtures.packages_text import packages_text, stanza

FULL = b"""\
Package: git
Source: git-source (1:2.47.3-1)
Version: 1:2.47.3-1
Essential: yes
Installed-Size: 49154
Maintainer: Somebody <somebody@example.org>
Architecture: amd64
Provides: git-core
Pre-Depends: libc6
Depends: perl,
 liberror-perl |
\tliberror (>= 1)
Description: fast, scalable
 and a long description
Multi-Arch: foreign
Tag: devel::lang:perl,
 Size: 1
Section: vcs
Priority: optional
Filename: pool/main/g/git/git_2.47.3-1_amd64.deb
Size: 8861572
MD5sum: 26aa869d049c8cddc78ca94f56ad3510
SHA256: 3e35662fd5c46add561703e54031a1d8ad9df45811927689f0a51122b13be722
"""


def test_every_kept_field_is_read() -> None:
    assert list(parse_packages([FULL])) == [
        PackageStanza(
            name="git",
            version="1:2.47.3-1",
            architecture="amd64",
            filename="pool/main/g/git/git_2.47.3-1_amd64.deb",
            sha256="3e35662fd5c46add561703e54031a1d8ad9df45811927689f0a51122b13be722",
            size=8861572,
            installed_size_kib=49154,
            source="git-source",
            section="vcs",
            priority="optional",
            multi_arch="foreign",
            description="fast, scalable",
            is_essential=True,
            depends="perl, liberror-perl | liberror (>= 1)",
            pre_depends="libc6",
            provides="git-core",
        )
    ]


def test_what_is_absent_is_empty_and_the_source_is_the_package() -> None:
    (found,) = parse_packages([stanza("jq").encode()])

    assert found.source == "jq"
    assert (found.installed_size_kib, found.is_essential) == (0, False)
    assert {found.section, found.multi_arch, found.depends, found.provides} == {""}


@given(st.lists(st.integers(0, len(FULL) * 2), max_size=12))
def test_where_the_pieces_end_does_not_matter(cuts: list[int]) -> None:
    text = FULL + b"\n" + FULL.replace(b"Package: git", b"Package: tig")
    places = [0, *sorted(cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(places)]

    assert list(parse_packages(pieces)) == list(parse_packages([text]))


def test_blank_lines_around_paragraphs_are_nothing() -> None:
    text = b"\n\n" + packages_text(stanza("aa"), "", "", stanza("bb")) + b"\n\n\n"

    assert [found.name for found in parse_packages([text])] == ["aa", "bb"]


@pytest.mark.parametrize("pieces", [[], [b""], [b"\n"], [b"\n", b"\n"]])
def test_an_empty_file_has_no_packages(pieces: list[bytes]) -> None:
    assert list(parse_packages(pieces)) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("package", "Jq"),
        ("package", "j"),
        ("package", "../jq"),
        ("package", "jq\u00e9"),
        ("version", "1 2"),
        ("version", "1/2"),
        ("architecture", "am/d64"),
        ("filename", "/pool/jq.deb"),
        ("filename", "../jq.deb"),
        ("filename", "pool/../jq.deb"),
        ("filename", "pool/.."),
        ("filename", "pool/jq.deb/"),
        ("filename", "pool/j q.deb"),
        ("filename", "pool/j\x07q.deb"),
        ("filename", "pool/jq.deb\r"),
        ("filename", ""),
        ("sha256", "0" * 63),
        ("sha256", "A" * 64),
        ("sha256", "0" * 64 + "\r"),
        ("size", "-1"),
        ("size", "1e3"),
        ("size", "\u0663"),
        ("installed_size", "many"),
    ],
)
def test_a_value_that_cannot_be_trusted_is_refused(field: str, value: str) -> None:
    text = packages_text(stanza("good"), stanza("jq", **{field: value}))

    with pytest.raises(FormatError, match="malformed") as caught:
        list(parse_packages([text]))

    assert caught.value.where is not None
    assert "good" not in caught.value.where


@pytest.mark.parametrize("name", ["pool/..jq.deb", "./jq.deb", "pool/a...deb", "a/.b"])
def test_a_file_name_may_have_dots_that_lead_nowhere(name: str) -> None:
    (found,) = parse_packages([stanza("jq", filename=name).encode()])

    assert found.filename == name


@pytest.mark.parametrize(
    "field", ["Package", "Version", "Architecture", "Filename", "SHA256", "Size"]
)
def test_a_field_that_is_needed_may_not_be_absent(field: str) -> None:
    text = stanza("jq").replace(f"{field}:", "X-Other:")

    with pytest.raises(FormatError, match=f"no field {field}"):
        list(parse_packages([text.encode()]))


def test_a_field_that_stands_twice_is_refused_by_package() -> None:
    text = stanza("jq", "1.7") + "Size: 1001\n"

    with pytest.raises(FormatError, match="twice") as caught:
        list(parse_packages([text.encode()]))

    assert caught.value.where == "jq 1.7 amd64"
