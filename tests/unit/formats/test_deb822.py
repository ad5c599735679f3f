import pytest

from devenv.errors import FormatError
from devenv.formats.deb822 import paragraphs


def test_fields_of_each_paragraph_are_read_in_order() -> None:
    text = "Types: deb\nSuites: one two\n\nTypes: deb-src\n"

    found = list(paragraphs(text))

    assert found == [{"Types": "deb", "Suites": "one two"}, {"Types": "deb-src"}]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("A: b\n", "b", id="one line"),
        pytest.param("A:b\n", "b", id="no space"),
        pytest.param("A: \t b \t\n", "b", id="white space around"),
        pytest.param("A:\n", "", id="empty"),
        pytest.param("A: b: c\n", "b: c", id="colon in the value"),
        pytest.param("A:\n b c\n\td\n", "\nb c\nd", id="folded"),
        pytest.param("A: b\n # not a comment\n", "b\n# not a comment", id="hash"),
        pytest.param("# x\nA: b\n# y\n c\n# z\n", "b\nc", id="comments"),
        pytest.param("\n \n\nA: b\n\n\n", "b", id="blank lines around"),
        pytest.param("A: b", "b", id="no line break at the end"),
        pytest.param("A: b\u2028c\n", "b\u2028c", id="only a line feed ends a line"),
    ],
)
def test_a_value_is_read_whatever_its_layout(text: str, value: str) -> None:
    assert list(paragraphs(text)) == [{"A": value}]


def test_a_line_of_white_space_ends_a_paragraph() -> None:
    assert list(paragraphs("A: 1\n \t\nA: 2\n")) == [{"A": "1"}, {"A": "2"}]


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        pytest.param("A: 1\nA: 2\n", "given already", 2, id="twice"),
        pytest.param("A: 1\nB: 1\na: 2\n", "given already", 3, id="another case"),
        pytest.param("A: 1\n\n B\n", "continues no field", 3, id="continuation first"),
        pytest.param("no field\n", "not a field", 1, id="no colon"),
        pytest.param("A B: 1\n", "not a field", 1, id="space in the name"),
        pytest.param("-A: 1\n", "not a field", 1, id="hyphen first"),
        pytest.param(": 1\n", "not a field", 1, id="no name"),
    ],
)
def test_malformed_text_is_refused_with_its_line(
    text: str, message: str, line: int
) -> None:
    with pytest.raises(FormatError, match=message) as caught:
        list(paragraphs(text))

    assert caught.value.where == f"line {line}"
