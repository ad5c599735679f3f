"""Foreign text on a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.formats.printable import MAX_LINE_CHARACTERS, fields, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain ünïcode 日本", "plain ünïcode 日本", id="plain"),
        pytest.param("a\tb\nc", "a\tb\nc", id="tab and newline stay"),
        pytest.param("\x1b[31mred", "\\x1b[31mred", id="escape sequence"),
        pytest.param("\x1b]0;title\x07", "\\x1b]0;title\\x07", id="window title"),
        pytest.param("a\rb", "a\\x0db", id="carriage return"),
        pytest.param("a\r\nb", "a\nb", id="line end of another system"),
        pytest.param("\x9b2J", "\\x9b2J", id="C1 introducer"),
        pytest.param("a\u202eb", "a\\u202eb", id="right-to-left override"),
        pytest.param("a\u200bb", "a\\u200bb", id="zero width"),
        pytest.param("a\U000e0041", "a\\U000e0041", id="tag"),
        pytest.param("a\udcffb", "a\\xffb", id="a byte that is not UTF-8"),
    ],
)
def test_what_a_terminal_would_act_on_is_spelt_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_printable_text_stays_as_it_is(text: str) -> None:
    once = printable(text)
    assert printable(once) == once
    assert not any(ord(c) < 32 and c not in "\n\t" for c in once)


def test_an_overlong_line_is_cut() -> None:
    assert len(printable("x" * 10_000)) == MAX_LINE_CHARACTERS


def test_fields_are_aligned() -> None:
    assert fields({"a": 1, "long": "x\x07"}) == "a:    1\nlong: x\\x07"
