"""Texts that are exchanged without reading the spec: only where that says the same."""

import pytest

from devenv.formats.spec_toml import parse_spec
from devenv.plan.merge_spec import merge_spec
from devenv.plan.plain_texts import MAX_TEXT_BYTES, exchanged_text, plain_texts

FILE = "/p/devenv.toml"
SPEC = b"""packages = ["jq"]
[env]
A = "first"
  B="second"
C = "${A}"
D = "it is \\" quoted"
E = '''
F = "in a text"
'''
G = "costs $$5"
H = { file = "h" }
"I" = "named in quotes"
J = "with a comment" # here
K = "\xc3\xa9"
[system.x86_64-linux.env]
L = "of a system"
"""


def texts(content: bytes) -> dict[str, bytes]:
    spec = merge_spec([parse_spec(content.decode(), file=FILE)], "x86_64-linux")
    places = plain_texts(spec.env, FILE, content)
    return {name: content[start:end] for name, (start, end) in places.items()}


def test_a_text_is_exchanged_where_it_stands_alone_and_nobody_refers_to_it() -> None:
    assert texts(SPEC) == {
        "B": b"second",
        "K": "\xe9".encode(),
        "L": b"of a system",
    }


def test_what_another_file_says_is_not_looked_for_here() -> None:
    spec = merge_spec([parse_spec(SPEC.decode(), file="/other.toml")], "x86_64-linux")
    assert plain_texts(spec.env, FILE, SPEC) == {}


BEFORE = b'x = 1\nA = "first"\nB = "second"\n'
PLACES = {"A": (11, 16), "B": (23, 29)}


@pytest.mark.parametrize(
    ("after", "found"),
    [
        (BEFORE.replace(b"first", b"1"), ("A", "1")),
        (BEFORE.replace(b"first", b""), ("A", "")),
        (BEFORE.replace(b"second", b"a longer one"), ("B", "a longer one")),
        (BEFORE.replace(b"second", b"2"), ("B", "2")),
        (BEFORE.replace(b"second", "\xe9".encode()), ("B", "\xe9")),
        (BEFORE, None),
        (BEFORE.replace(b"first", b"1").replace(b"second", b"2"), None),
        (BEFORE.replace(b"x = 1", b"x = 2"), None),
        (BEFORE + b"\n", None),
        (BEFORE[:-1], None),
        (b"", None),
        (BEFORE[:14], None),
        (BEFORE.replace(b"first", b"${B}"), None),
        (BEFORE.replace(b"first", b"a\\tb"), None),
        (BEFORE.replace(b"first", b'a"\nC = "b'), None),
        (BEFORE.replace(b"first", b"a\nb"), None),
        (BEFORE.replace(b"first", b"\xff"), None),
        (BEFORE.replace(b"first", b"x" * (MAX_TEXT_BYTES + 1)), None),
    ],
)
def test_another_text_is_seen_if_nothing_else_is_another(
    after: bytes, found: tuple[str, str] | None
) -> None:
    assert exchanged_text(BEFORE, after, PLACES) == found
