"""Dotenv files: the cases of the dialect's reference, and some more."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.errors import SpecError
from devenv.formats.dotenv import parse_dotenv
from devenv.model.spec import DotenvFile, Place
from devenv.plan.dotenv_variables import DotenvVariables, dotenv_variables

FILE = DotenvFile(path="/app/.env", place=Place(file="/f", line=1, key="dotenv[0]"))
JSON = '{\n "k": {\n  "l": 1 }\n}'
OUTER = {"FOO": "foo", "EMPTY": ""}


def read(text: str) -> DotenvVariables:
    entries = {FILE.path: parse_dotenv(text, file=FILE.path)}
    return dotenv_variables([FILE], entries, OUTER)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("A=1", "1", id="plain"),
        pytest.param("export A=2", "2", id="exported"),
        pytest.param("export \tA = '2'", "2", id="exported, with blanks"),
        pytest.param("A= 3", "3", id="blank behind"),
        pytest.param("A =4", "4", id="blank in front"),
        pytest.param("  A = 5  ", "5", id="blanks everywhere"),
        pytest.param("A=", "", id="empty"),
        pytest.param("A =\nB=1", "", id="empty with a blank"),
        pytest.param("A=smtp    # a comment", "smtp", id="comment"),
        pytest.param("A= # a comment", "", id="comment behind nothing"),
        pytest.param("A='x'# a comment", "x", id="comment behind a quote"),
        pytest.param("A=x#y", "x#y", id="number sign in a word"),
        pytest.param("A=#ffffff", "#ffffff", id="number sign at the start"),
        pytest.param("A='x # y'", "x # y", id="number sign in quotes"),
        pytest.param('A="x # y" # z', "x # y", id="number sign in double quotes"),
        pytest.param("A=''", "", id="empty quotes"),
        pytest.param('A=""', "", id="empty double quotes"),
        pytest.param(r"A='\n' # foo", r"\n", id="literal escape"),
        pytest.param(r'A="\n"', "\n", id="line end"),
        pytest.param(r'A="a\r\n\tb"', "a\r\ntb", id="other escapes"),
        pytest.param(r'A="a\\nb"', r"a\nb", id="escaped backslash"),
        pytest.param(r'A="a\"b"', 'a"b', id="escaped quote"),
        pytest.param(r"A=a\nb", r"a\nb", id="backslash in a word"),
        pytest.param("A: 1", "1", id="YAML"),
        pytest.param("A: '2'", "2", id="YAML, quoted"),
        pytest.param("A: ''", "", id="YAML, empty quotes"),
        pytest.param("A: \n", "", id="YAML, empty"),
        pytest.param("A:\nB: 1", "", id="YAML, empty without a blank"),
        pytest.param("A=1\nA=2", "2", id="the last one counts"),
        pytest.param("\nA=value\n#A=no\n", "value", id="a comment overrides nothing"),
        pytest.param("\ufeffA=1\r\nB=2\r\n", "1", id="other systems' files"),
        pytest.param('A="one\n\ntwo\r\nthree"\nB=1', "one\n\ntwo\nthree", id="lines"),
        pytest.param(f"A='{JSON}'\nB=x", JSON, id="JSON"),
        pytest.param("A=it's", "it's", id="quote in a word"),
        pytest.param("A=k=v==", "k=v==", id="equal signs"),
    ],
)
def test_a_value_is_read(text: str, value: str) -> None:
    assert read(text).values["A"] == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$FOO", "foo"),
        ('"$FOO"', "foo"),
        ("${FOO}", "foo"),
        ('"${FOO}"', "foo"),
        ("'$FOO'", "$FOO"),
        ("$FOO/bar", "foo/bar"),
        ('"${FOO}/bar"', "foo/bar"),
        ("'$FOO/bar'", "$FOO/bar"),
        ("$NONE", ""),
        ('"${NONE}"', ""),
        ("${NONE}/baz", "/baz"),
        ("$EARLIER/bar", "early/bar"),
        ('"$EARLIER/${EARLIER}/$FOO"', "early/early/foo"),
        ("$LATER", ""),
        ('"${FOO:-}"', "foo"),
        ('"${FOO:-default}/bar"', "foo/bar"),
        ("'${FOO:-default}'", "${FOO:-default}"),
        ('"$FOO:-default"', "foo:-default"),
        ('"$NONE:-default"', ":-default"),
        ('"${NONE:-}"', ""),
        ("${NONE:-default}", "default"),
        ('"${NONE:-default words}/bar"', "default words/bar"),
        ("${NONE-default}", "default"),
        ("${EMPTY:-default}", "default"),
        ("${EMPTY-default}", ""),
        ("${EARLIER:-default}", "early"),
        ('"${:-}"', ""),
        ('"${NONE:-:-}"', ":-"),
        ("${NONE:-${FOO}}", "foo"),
        (r"\$FOO", "$FOO"),
        (r'"\$FOO"', "$FOO"),
        (r"'\$FOO'", r"\$FOO"),
        ("a$", "a$"),
        ("a$$1", "a$$1"),
        ("$PWD/x", "/app/x"),
    ],
)
def test_a_reference_stands_for_a_value(text: str, value: str) -> None:
    assert read(f"EARLIER=early\nA={text}\nLATER=late").values["A"] == value


def test_an_earlier_key_wins_over_the_outer_value() -> None:
    found = read("FOO=own\nA=$FOO\nFOO=later")
    assert found.values["A"] == "own"
    assert found.outer_used == {}


def test_what_was_looked_up_outside_is_known() -> None:
    found = read("A=$FOO${NONE:-$EMPTY}\nFOO=${FOO}1\nB='$HOME'\nC=$A$PWD")
    assert found.values["FOO"] == "foo1"
    assert found.outer_used == {"FOO": "foo", "NONE": None, "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        pytest.param("...", 1, "no NAME=value", id="garbage"),
        pytest.param("A=1\n\nfoo bar\n", 3, "no NAME=value", id="garbage below"),
        pytest.param("export A", 1, "no NAME=value", id="no value"),
        pytest.param("=1", 1, "no NAME=value", id="no name"),
        pytest.param("A:1", 1, "no NAME=value", id="YAML without a blank"),
        pytest.param("A=1\nB=foo bar", 2, "more behind the value of B", id="blank"),
        pytest.param("A='b'c", 1, "more behind", id="text behind quotes"),
        pytest.param('A="line1\nline2', 1, "never closed", id="unclosed"),
        pytest.param("A=1\nB='x", 2, "never closed", id="unclosed, single"),
        pytest.param(r'A="\"', 1, "never closed", id="only an escaped quote"),
        pytest.param("A=1\nB=${", 2, "is not", id="unclosed reference"),
        pytest.param("A=${B:-x y}", 1, "is not", id="default with a blank"),
        pytest.param("A=" + "${A:-" * 9000, 1, "is not", id="very deep"),
        pytest.param("é=1", 1, "no NAME=value", id="not ASCII"),
    ],
)
def test_anything_else_is_told_with_its_line(text: str, line: int, what: str) -> None:
    with pytest.raises(SpecError, match=what) as caught:
        parse_dotenv(text, file="/app/.env")
    assert caught.value.where == f"/app/.env:{line}"
    assert caught.value.hint


@pytest.mark.parametrize("name", ["UID", "PATH", "BASH_ENV", "LD_LIBRARY_PATH"])
def test_a_name_that_a_project_may_not_set_is_left_out(name: str) -> None:
    found = read(f"A=1\n{name}=2\nB=${{{name}}}\n")
    assert found.values == {"A": "1", "B": ""}
    (warning,) = found.warnings
    assert warning.where == f"/app/.env:2, {name}"
    assert f"{name} is left out" in warning.what


def test_a_later_file_wins_and_sees_the_earlier() -> None:
    other = DotenvFile(path="/app/.env.local", place=FILE.place)
    entries = {
        FILE.path: parse_dotenv("A=1\nB=1", file=FILE.path),
        other.path: parse_dotenv("A=2\nC=$B", file=other.path),
    }
    assert dotenv_variables([FILE, other], entries, {}).values == {
        "A": "2",
        "B": "1",
        "C": "1",
    }
    assert dotenv_variables([other, FILE], entries, {}).values["C"] == ""


@given(st.text().filter(lambda text: "'" not in text and "\r" not in text))
def test_any_text_can_stand_in_single_quotes(text: str) -> None:
    (first, second) = parse_dotenv(f"A='{text}'\nB=2", file="/f")
    assert "".join(map(str, first.template.parts)) == text
    assert second.line == text.count("\n") + 2


@given(st.text())
def test_any_text_is_read_or_told_about(text: str) -> None:
    with suppress(SpecError):
        assert (
            len(parse_dotenv(text, file="/f"))
            <= text.count("\n") + text.count("\r") + 1
        )
