"""Changes to the text of a spec."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.errors import FormatError, UsageError
from devenv.formats.spec_edit import with_package, without_package

TABLE = "\n[env]\nA = '1' # packages = []\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", 'packages = ["new"]\n', id="empty file"),
        pytest.param("packages = []", 'packages = ["new"]', id="empty list"),
        pytest.param('packages = ["a"]\n', 'packages = ["a", "new"]\n', id="one line"),
        pytest.param(
            "packages=['a',]# c\n", "packages=['a', \"new\",]# c\n", id="style"
        ),
        pytest.param("packages = [ 'a' ]", "packages = [ 'a', \"new\" ]", id="blanks"),
        pytest.param(
            'packages = [\n    "a", # why\n    "b",  # too\n]\n',
            'packages = [\n    "a", # why\n    "b",  # too\n    "new",\n]\n',
            id="a line each",
        ),
        pytest.param(
            'packages = [\n\t"a",\n\t"b" # last\n]\n',
            'packages = [\n\t"a",\n\t"b", # last\n\t"new"\n]\n',
            id="no comma at the end",
        ),
        pytest.param(
            'packages = [\n  "a",\n  # "off",\n]\n',
            'packages = [\n  "a",\n  "new",\n  # "off",\n]\n',
            id="a comment at the end",
        ),
        pytest.param(
            'packages = ["a",\n            "b"]\n',
            'packages = ["a",\n            "b",\n            "new"]\n',
            id="below each other",
        ),
        pytest.param(
            'packages = ["a", "b",\n]\n',
            'packages = ["a", "b",\n  "new",\n]\n',
            id="all on the first line",
        ),
        pytest.param(
            'packages = [\n  "a"\n  , "b"\n]\n',
            'packages = [\n  "a"\n  , "b",\n  "new"\n]\n',
            id="commas in front",
        ),
        pytest.param(
            "packages = [\n  # nothing yet\n]\n",
            'packages = [\n  # nothing yet\n  "new",\n]\n',
            id="only a comment",
        ),
        pytest.param(
            'packages = [\r\n  "a",\r\n]\r\n',
            'packages = [\r\n  "a",\r\n  "new",\r\n]\r\n',
            id="CRLF",
        ),
        pytest.param(
            "\ufeffa = 1\r\n", '\ufeffpackages = ["new"]\r\na = 1\r\n', id="BOM"
        ),
        pytest.param("# hi", '# hi\npackages = ["new"]\n', id="only a comment line"),
        pytest.param(
            "# Our project\n\n# its env\n[env]\n",
            '# Our project\n\npackages = ["new"]\n\n# its env\n[env]\n',
            id="behind the comments of the file",
        ),
        pytest.param(
            "# env\n[env]\n", 'packages = ["new"]\n\n# env\n[env]\n', id="above a table"
        ),
        pytest.param(
            'packages = ["a", "sid:new", "b"]',
            'packages = ["a", "sid:new", "b", "new"]',
            id="of another input",
        ),
        pytest.param(
            'packages = ["new@1", "b"]', 'packages = ["new", "b"]', id="instead"
        ),
        pytest.param(
            f'packages = ["a"]\n{TABLE}',
            f'packages = ["a", "new"]\n{TABLE}',
            id="table",
        ),
    ],
)
def test_a_package_is_added(before: str, after: str) -> None:
    assert with_package(before, "new") == after
    assert with_package(after, "new") == after


def test_a_line_that_would_be_too_long_is_broken() -> None:
    names = [f"package{number}" for number in range(7)]
    text = "packages = [" + ", ".join(f'"{name}"' for name in names) + "] # c\n"
    lines = "".join(f'  "{name}",\n' for name in [*names, "new"])
    assert with_package(text, "new") == f"packages = [\n{lines}] # c\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param('packages = ["old"]', "packages = []", id="the only one"),
        pytest.param('packages = [ "old", ] # c', "packages = [] # c", id="blanks"),
        pytest.param('packages = ["old", "b"]', 'packages = ["b"]', id="the first"),
        pytest.param('packages = ["a", "old"]', 'packages = ["a"]', id="the last"),
        pytest.param('packages = ["a", "old",]', 'packages = ["a",]', id="last, comma"),
        pytest.param('packages = ["a", "old", "b"]', 'packages = ["a", "b"]', id="mid"),
        pytest.param(
            'packages = [\n  # first\n  "a",\n  "old", # gone\n  "b", # b\n]\n',
            'packages = [\n  # first\n  "a",\n  "b", # b\n]\n',
            id="its line",
        ),
        pytest.param(
            'packages = [\r\n  "a",\r\n  "old"\r\n]\r\n',
            'packages = [\r\n  "a",\r\n]\r\n',
            id="the last line, CRLF",
        ),
        pytest.param(
            'packages = [\n  "old", "b",\n]',
            'packages = [\n  "b",\n]',
            id="shared line",
        ),
        pytest.param(
            'packages = ["a",\n  "old"]', 'packages = ["a",\n  ]', id="at the bracket"
        ),
        pytest.param(
            'packages = ["old@1", "sid:old", "older"]', 'packages = ["older"]', id="all"
        ),
        pytest.param(
            'packages = ["old"]\n[system.aarch64-linux]\npackages = ["old", "b"]\n',
            'packages = []\n[system.aarch64-linux]\npackages = ["b"]\n',
            id="for every system",
        ),
        pytest.param(
            'packages = [\n  "a"\n  , "old" # x\n  , "b"\n]',
            'packages = [\n  "a"\n  , # x\n  "b"\n]',
            id="commas in front",
        ),
        pytest.param(
            'packages = [\n  "a",\n  "old" # x\n]',
            'packages = [\n  "a",\n]',
            id="the last line without a comma",
        ),
        pytest.param("", "", id="no list"),
        pytest.param('packages = [ "a" ]', 'packages = [ "a" ]', id="not there"),
    ],
)
def test_a_package_is_removed(before: str, after: str) -> None:
    assert without_package(before, "old") == after


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("sid:old", 'packages = ["old@1", "old"]'),
        ("old@1", 'packages = ["sid:old", "old"]'),
        ("old@2", 'packages = ["old@1", "sid:old", "old"]'),
        ("bookworm:old", 'packages = ["old@1", "sid:old", "old"]'),
    ],
)
def test_only_what_is_meant_is_removed(name: str, after: str) -> None:
    assert without_package('packages = ["old@1", "sid:old", "old"]', name) == after


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("packages = ", "not TOML", id="no TOML"),
        pytest.param("packages = 'a'", "no list of texts", id="a text"),
        pytest.param("packages = ['a', 1]", "no list of texts", id="a number"),
    ],
)
def test_what_is_wrong_is_not_changed(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        with_package(text, "new")
    with pytest.raises(FormatError, match=message):
        without_package(text, "new")


def test_only_a_requirement_can_be_added() -> None:
    with pytest.raises(UsageError):
        with_package("", 'a"]')


_names = st.lists(st.sampled_from(["a", "b@1", "sid:c", "d", "e"]), unique=True)
_gaps = st.sampled_from(["", " ", "\n", "\n  ", " # c, ]\n", "\r\n\t", "\n# d\n\n  "])


@st.composite
def _lists(draw: st.DrawFn) -> tuple[list[str], str]:
    """Draw packages, and a text that lists them in one of many ways."""
    names = draw(_names)
    text = "["
    for index, name in enumerate(names):
        quote = draw(st.sampled_from("\"'"))
        text += f"{draw(_gaps)}{quote}{name}{quote}{draw(_gaps)}"
        is_last = index == len(names) - 1
        text += "," if not is_last or draw(st.booleans()) else ""
    text += f"{draw(_gaps)}]"
    head = draw(st.sampled_from(["", "# head\n\n", "a = 1\n"]))
    tail = draw(st.sampled_from(["", "\n", " # tail\n[env]\nA = '1'\n", "\nz = [1]\n"]))
    return names, f"{head}packages = {text}{tail}"


@given(_lists())
def test_any_list_takes_one_more(drawn: tuple[list[str], str]) -> None:
    names, text = drawn
    after = with_package(text, "new")
    assert tomllib.loads(after)["packages"] == [*names, "new"]
    assert after.count("#") == text.count("#")


@given(_lists(), st.data())
def test_any_list_lets_one_go(
    drawn: tuple[list[str], str], data: st.DataObject
) -> None:
    names, text = drawn
    gone = data.draw(st.sampled_from([*names, "none"]))
    after = without_package(text, gone)
    assert tomllib.loads(after)["packages"] == [name for name in names if name != gone]
