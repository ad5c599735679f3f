"""Where things stand in a TOML text."""

import tomllib
from collections.abc import Iterator

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from devenv.formats.toml_places import (
    TomlPath,
    dotted,
    syntax_error,
    toml_places,
)

TEXT = '''\
# [not] = "a table"
a = 1 # b = 2
"quoted.key" = "x # y"
dotted.'k e'."\\u0041" = 3

text = """
[env]
not = "a key" \\""" ""\\
"""""
literal = \'\'\'
[nor] this\'\'\'\'\'
list = [ # ]
  "one, ]", # "two"
  [2,
   3],
  { x = 1, y.z = [ 4,
    5 ] },
]
after = 1979-05-27 07:32:00

[ env . "PATH" ]
prepend = ["]"]
[[things]]
name = 1
[things.deep]
d = 1
[[things]]
name = { }
[things.deep]
d = 2
[[things.inner]]
i = []
last = 1'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a",), 2),
        (("quoted.key",), 3),
        (("dotted",), 4),
        (("dotted", "k e", "A"), 4),
        (("text",), 6),
        (("literal",), 10),
        (("list",), 12),
        (("list", 0), 13),
        (("list", 1), 14),
        (("list", 1, 1), 15),
        (("list", 2), 16),
        (("list", 2, "x"), 16),
        (("list", 2, "y", "z", 1), 17),
        (("after",), 19),
        (("env",), 21),
        (("env", "PATH"), 21),
        (("env", "PATH", "prepend", 0), 22),
        (("things",), 23),
        (("things", 0, "name"), 24),
        (("things", 0, "deep", "d"), 26),
        (("things", 1), 27),
        (("things", 1, "name"), 28),
        (("things", 1, "deep", "d"), 30),
        (("things", 1, "inner", 0, "i"), 32),
        (("things", 1, "inner", 0, "last"), 33),
    ],
    ids=lambda value: dotted(value) if isinstance(value, tuple) else str(value),
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_everything_is_found_in_its_line(
    path: TomlPath, line: int, ending: str
) -> None:
    text = TEXT.replace("\n", ending)
    tomllib.loads(text)
    places = toml_places(text)
    assert places.lines[path] == line


def test_what_only_looks_like_a_key_is_none() -> None:
    assert {path[0] for path in toml_places(TEXT).lines} == set(tomllib.loads(TEXT))


def test_something_unknown_stands_where_what_is_around_it_stands() -> None:
    places = toml_places("a = 1\n[b]\nc = []\n")
    assert places.line(("b", "c", 7, "x")) == 3
    assert places.line(("b", "x")) == 2
    assert places.line(("x",)) == 1


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (("env", "PATH", "prepend", 0), "env.PATH.prepend[0]"),
        (("env", "a b"), 'env."a b"'),
        ((), ""),
    ],
)
def test_a_path_is_shown_as_it_is_written(path: TomlPath, shown: str) -> None:
    assert dotted(path) == shown


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("a = 1\nb = \n", 2, id="no value"),
        pytest.param('a = 1\n\nb = ["x"\n', 3, id="a list without its end"),
        pytest.param('a = "x\n', 1, id="a text without its end"),
        pytest.param("a = 1\na = 2\n", 2, id="a key twice"),
    ],
)
def test_a_syntax_error_has_a_line(text: str, line: int) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    message, found = syntax_error(caught.value, text)
    assert found == line
    assert "(at" not in message


_texts = st.text(st.sampled_from("abc \t\n\"'\\[]{}#=,.é🦀"), max_size=12)
_values = st.recursive(
    _texts | st.integers(-9, 9) | st.booleans() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner),
    max_leaves=12,
)


def paths_in(value: object, at: TomlPath = ()) -> Iterator[TomlPath]:
    """Yield the path of everything inside a value."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    for key, item in inner:
        yield (*at, key)
        yield from paths_in(item, (*at, key))


@given(document=st.dictionaries(_texts, _values), multiline=st.booleans())
def test_everything_in_any_document_has_a_place(
    document: dict[str, object], *, multiline: bool
) -> None:
    text = tomli_w.dumps(document, multiline_strings=multiline)
    found = toml_places(text).lines
    assert set(found) == set(paths_in(tomllib.loads(text)))
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())


@given(document=st.dictionaries(_texts, _values), lines=st.integers(1, 5))
def test_a_value_stands_so_many_lines_further_down(
    document: dict[str, object], lines: int
) -> None:
    text = tomli_w.dumps(document)
    before = toml_places(text).lines
    after = toml_places("# [x]\n" * lines + text).lines
    assert after == {path: line + lines for path, line in before.items()}
