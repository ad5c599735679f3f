import tomllib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.errors import LockError
from devenv.formats.lock_toml import parse_lock, render_lock
from devenv.formats.toml_lines import read_lines
from devenv.model.lock import Lock
from tests.fixtures.locks import RULES, small_lock

TEXT = render_lock(small_lock())


def test_what_is_written_is_read_back() -> None:
    assert parse_lock(TEXT, file="lock") == small_lock()


def test_an_empty_lock_is_read_back() -> None:
    lock = Lock(rules=RULES)
    assert parse_lock(render_lock(lock), file="lock") == lock


def test_what_is_read_is_written_the_same() -> None:
    assert render_lock(parse_lock(TEXT, file="lock")) == TEXT


def test_the_lines_mean_the_same_to_any_reader_of_toml() -> None:
    document = read_lines(TEXT)
    assert document is not None
    assert document == tomllib.loads(TEXT)


def test_a_checkout_with_carriage_returns_is_the_same_lock() -> None:
    assert parse_lock(TEXT.replace("\n", "\r\n"), file="lock") == small_lock()


def test_another_layout_is_read_as_well() -> None:
    spaced = TEXT.replace(" = ", "=").replace("\n\n", "\n# a comment\n\n")
    assert read_lines(spaced) is None
    assert parse_lock(spaced, file="lock") == small_lock()


@pytest.mark.parametrize(
    ("text", "is_quick"),
    [
        ('packages = ["jq", "go@1.24"]\n', True),
        ('# for "x"\npackages = ["jq"]  # it\'s small\n[env]\nA = "b"\n', True),
        ('packages = ["jq", "go"] # a\tb\n', False),
        ("packages = ['jq']\n", False),
        ('packages = ["]\n', False),
    ],
    ids=["a list", "comments", "a tab", "other quotes", "no list"],
)
def test_a_simple_spec_is_read_quickly(text: str, *, is_quick: bool) -> None:
    quick = read_lines(text)
    assert (quick is not None) == is_quick
    if quick is not None:
        assert quick == tomllib.loads(text)


@given(
    at=st.integers(0, len(TEXT)),
    cut=st.integers(0, 40),
    put=st.sampled_from(
        ["", "\n", '"', "[", "]", "#", " ", "\\", ",", "\x00", "\r", "a", "0", "[]"]
    ),
)
def test_lines_that_are_read_quickly_are_read_rightly(
    at: int, cut: int, put: str
) -> None:
    text = TEXT[:at] + put + TEXT[at + cut :]
    quick = read_lines(text)
    if quick is not None:
        assert quick == tomllib.loads(text)


@given(
    st.lists(
        st.sampled_from(
            [
                "[a]",
                "[a.b]",
                "[[a.c]]",
                "[[a]]",
                "[a.c.d]",
                '["a"]',
                '[a."b.c"]',
                "x = 1",
                "x = []",
                "c = []",
                'y = ["z"]',
                'y = ["z", "a b"]',
                'yy   = ["z"]',
                '"y" = 1',
                '"y.z" = 1',
                '"y z"  = 1',
                '"" = 1',
                '" = 1',
                '"x" y" = 1',
                '"x = 1" = 1',
                "x.y = 1",
                'y = ["z","a"]',
                'y = ["z", ]',
                'y = ["]',
                'y = ["z"]  # because of "x"',
                'y = ["z", # c',
                'y = ["z #", "a"]',
                "x = 1 # c\t",
                "x = 1# c",
                'e = "a #b"',
                'e = "a" #b"',
                'e = "a\\" #b"',
                "a = [ # c",
                '# what is "c" \\',
                "# \x7f",
                "a = [",
                '  "v",',
                "]",
                "b = 01",
                "d = 2026-01-02T03:04:05Z",
                "d = 2026-31-02T03:04:05Z",
                'e = ""',
                'e = "',
                "",
                "# c",
            ]
        ),
        max_size=9,
    )
)
def test_lines_in_any_order_are_read_rightly_or_not_at_all(lines: list[str]) -> None:
    text = "\n".join(lines)
    quick = read_lines(text)
    if quick is not None:
        assert quick == tomllib.loads(text)


_WORDS = st.sampled_from(
    [
        "\n",
        '"',
        "[",
        "[[",
        "]",
        "x",
        "-1",
        "true",
        "{}",
        "[1]",
        "1e9",
        "1979-05-27",
        "é",
    ]
)


@given(
    at=st.integers(0, TEXT.count("\n") - 1), put=_WORDS, place=st.sampled_from("ivk")
)
def test_a_lock_that_was_edited_is_read_or_refused_in_words(
    at: int, put: str, place: str
) -> None:
    lines = TEXT.split("\n")
    name, equals, _ = lines[at].partition(" = ")
    lines[at] = {
        "i": f"{lines[at]}\n{put}",
        "v": f"{name} = {put}" if equals else put,
        "k": f"{put}{lines[at]}",
    }[place]
    with suppress(LockError):
        parse_lock("\n".join(lines), file="lock")


AB = "ab" * 32

WRONG = {
    "a newer version": ("version = 1\n", "version = 2\n", "newer devenv"),
    "no version": ("version = 1\n", "", "does not say its version"),
    "a version that is text": ("version = 1\n", 'version = "1"\n', "its version"),
    "an unknown key": ("[rules]\n", "[rules]\ncolour = 1\n", "no key 'colour'"),
    "an unknown table": ("[rules]\n", "[rules]\n[what]\n", "no key 'what'"),
    "no rules": ("bytecode = 1\n", "", "expected a number"),
    "a short hash": (f'sha256 = "{AB}"', 'sha256 = "abab"', "not a sha256"),
    "a hash in capitals": (AB, AB.upper(), "not a sha256"),
    "a host": ('"pool/main/g', '"https://example.org/g', "not a location"),
    "a host without a scheme": ('"pool/main/g', '"//example.org/g', "not a location"),
    "an absolute place": ('"pool/main/g', '"/pool/g', "not a location"),
    "a way up": ('"pool/main/g', '"pool/../../g', "not a location"),
    "a way up at once": ('"pool/main/g', '"../pool/g', "not a location"),
    "a backslash": ('"pool/main/g', '"pool\\\\g', "not a location"),
    "a size below nothing": ("size = 3000", "size = -1", "expected a number"),
    "a size that is true": ("size = 3000", "size = true", "expected a number"),
    "a size beyond all": ("size = 3000", f"size = {'9' * 5000}", "not TOML"),
    "a size beyond reason": ("size = 3000", f"size = {'9' * 50}", "expected a number"),
    "no size": ("size = 3000\n", "", "expected a number"),
    "base that is a number": ("base = true", "base = 1", "true or false"),
    "seen at no time": ("seen = 2026-11-20T08:30:01Z", "seen = 1", "expected a date"),
    "a bad version": ('"4:14-1"', '"four:14"', "not a version"),
    "another architecture": ('"amd64"', '"arm64"', "is for arm64"),
    "an edge to nowhere": ('"rustc",\n]\n\n[x', '"rustd",\n]\n\n[x', "needs rustd"),
    "a bad edge": ('"g++ (= 4:14-1)"', '"g++ (~ 4)"', "not a dependency"),
    "an answer that is not there": ('"own:jq"', '"own:yq"', "own:yq, which is not"),
    "an answer without input": ('"own:jq"', '"jq"', "which is not in the lock"),
    "a requirement twice": ('"own:jq@1"', '"rust"', "twice"),
    "an unknown pocket": ('pocket = "trixie"', 'pocket = "sid"', "no pocket 'sid'"),
    "a pocket twice": ('name = "trixie-updates"', 'name = "trixie"', "each once"),
    "an unknown input": ("packages.debian.dash", "packages.deb.dash", "no input 'deb'"),
    "an input's name": ("[inputs.own]", "[inputs.Own]", "not the name of an input"),
    "a date without time": (
        "date = 2026-11-20T08:30:01Z",
        "date = 2026-11-20",
        "expected a date with its time",
    ),
    "a local date": (
        "T08:30:01Z\nsha",
        "T08:30:01\nsha",
        "expected a date with its time",
    ),
    "no TOML": ("[rules]", "[rules", "not TOML"),
    "a table twice": (
        '[x86_64-linux.packages.debian."g++"]',
        "[x86_64-linux.packages.debian.cargo]",
        "not TOML",
    ),
    "a merge conflict": ("[rules]", "<<<<<<< HEAD\n[rules]", "merge conflict"),
    "libraries of two inputs": (
        "[x86_64-linux.libraries.packages.debian",
        "[x86_64-linux.libraries.packages.own",
        "all of one input",
    ),
}


@pytest.mark.parametrize(("old", "new", "complaint"), WRONG.values(), ids=WRONG)
def test_a_wrong_lock_is_refused_with_what_and_where_and_what_next(
    old: str, new: str, complaint: str
) -> None:
    assert old in TEXT
    with pytest.raises(LockError) as caught:
        parse_lock(TEXT.replace(old, new), file="/p/devenv.lock.toml")
    error = caught.value
    assert complaint in error.what
    assert error.where is not None
    assert error.where.startswith("/p/devenv.lock.toml")
    assert error.hint


def test_a_complaint_names_line_and_key() -> None:
    text = TEXT.replace("size = 3000", "size = 0.5")
    with pytest.raises(LockError) as caught:
        parse_lock(text, file="lock")
    header = '[x86_64-linux.packages.debian."g++"]'
    line = text.split("\n").index(header) + 1
    assert caught.value.where == (
        f'lock:{line}, x86_64-linux.packages.debian."g++".size'
    )
