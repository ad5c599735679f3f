"""Texts in which names stand for values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.errors import FormatError
from devenv.formats.template import parse_template
from devenv.model.template import Reference, Template


def ref(name: str, default: str | None = None, *, empty: bool = False) -> Reference:
    if default is None:
        return Reference(name=name)
    return Reference(name=name, default=parse_template(default), is_for_empty=empty)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("", (), id="nothing"),
        pytest.param("a b", ("a b",), id="a text"),
        pytest.param("${A}", (ref("A"),), id="a name"),
        pytest.param("x${A}/${_b1}y", ("x", ref("A"), "/", ref("_b1"), "y"), id="both"),
        pytest.param("${A:-}", (ref("A", "", empty=True),), id="or empty"),
        pytest.param("${A-d}", (ref("A", "d"),), id="or where unset"),
        pytest.param("${A:-:-}", (ref("A", ":-", empty=True),), id="odd default"),
        pytest.param("${A:-x${B-c}}", (ref("A", "x${B-c}", empty=True),), id="nested"),
        pytest.param("$${A}", ("${A}",), id="a literal dollar"),
        pytest.param("a$$", ("a$",), id="a literal dollar at the end"),
        pytest.param("5$ or $1 or \\$", ("5$ or $1 or \\$",), id="dollar of no name"),
    ],
)
def test_a_template_is_read(text: str, parts: tuple[str | Reference, ...]) -> None:
    assert parse_template(text) == Template(text=text, parts=parts)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("${A", r"'\$\{A' is not \$\{NAME\}", id="no end"),
        pytest.param("${A:-x", r"is not \$\{NAME\}", id="no end of a default"),
        pytest.param("${}", "no name", id="no name"),
        pytest.param("${A b}", r"is not \$\{NAME\}", id="a blank"),
        pytest.param("$HOME/bin", r"\$HOME is not the value", id="without braces"),
        pytest.param("${A:-" * 3000, "is not", id="very deep"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        parse_template(text)


@given(st.text())
def test_any_text_can_be_written(text: str) -> None:
    escaped = text.replace("$", "$$")
    assert parse_template(escaped).parts == ((text,) if text else ())
