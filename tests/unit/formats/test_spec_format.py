"""The layout of a spec."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.errors import FormatError
from devenv.formats.spec_format import formatted
from devenv.formats.spec_initial import initial_spec
from devenv.formats.spec_toml import parse_spec

MESSY = """\


# License: none


# about env
[env]   # c0
B="1"



A = '2'# c
# the end of env

[system.x86_64-linux]
env.A="1"
packages=["b"]
# the inputs
[inputs]
x={apt="u"}
"""
TIDY = """\
# License: none

# the inputs
[inputs]
x = {apt="u"}

# about env
[env]  # c0
B = "1"

A = '2'  # c
# the end of env

[system.x86_64-linux]
packages = ["b"]
env.A = "1"
"""
LONG = [f"a-package-with-a-long-name-{number}" for number in range(4)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("\n\n# c\n\n\n# d", "# c\n\n# d\n", id="only comments"),
        pytest.param("a=1", "a = 1\n", id="blanks round the equal sign"),
        pytest.param("  a = 1  #c  \n", "a = 1  #c\n", id="indentation"),
        pytest.param(MESSY, TIDY, id="tables in their order"),
        pytest.param(
            "dotenv = []\n# all\npackages = []\nimports = []\n",
            "# all\npackages = []\ndotenv = []\nimports = []\n",
            id="keys in their order, with comments",
        ),
        pytest.param(
            '# file\n\nenv.A = "1"\npackages = ["b", "a"]\n',
            '# file\n\npackages = ["b", "a"]\nenv.A = "1"\n',
            id="the file's comment stays at the top",
        ),
        pytest.param(
            "packages = ['a' ,\"b\",]", "packages = ['a', \"b\"]\n", id="one line"
        ),
        pytest.param("packages = [ ]", "packages = []\n", id="empty list"),
        pytest.param("packages = [\n\n]", "packages = []\n", id="empty lines in it"),
        pytest.param(
            f"packages = {LONG!r} # c",
            "packages = [\n" + "".join(f"  '{name}',\n" for name in LONG) + "]  # c\n",
            id="too wide",
        ),
        pytest.param(
            'packages = [ # first\n# own\n"a" # a\n , "b", "c", # c\n\n\n"d"\n# end\n]',
            'packages = [\n  # first\n  # own\n  "a",  # a\n  "b",\n  "c",  # c\n\n'
            '  "d",\n  # end\n]\n',
            id="a line for each item",
        ),
        pytest.param(
            "[env]\nA = '''\n  x  \n\n\n# no comment\n''' # c\n",
            "[env]\nA = '''\n  x  \n\n\n# no comment\n'''  # c\n",
            id="texts of several lines are left alone",
        ),
        pytest.param(
            "\ufeffb = 1\r\npackages = [\r\n'a'\r\n]\r\n",
            "packages = [\r\n  'a',\r\n]\r\nb = 1\r\n",
            id="CRLF stays",
        ),
        pytest.param(
            "[shell.fish]\nenter = ''\n[shell]\nenter = ''\n[env]\n[other]\n[libs]\n",
            "[env]\n\n[shell.fish]\nenter = ''\n\n[shell]\nenter = ''\n\n[other]\n\n"
            "[libs]\n",
            id="tables of one key, and unknown ones, keep their order",
        ),
    ],
)
def test_a_spec_is_laid_out(before: str, after: str) -> None:
    assert formatted(before) == after
    assert formatted(after) == after


def test_what_is_no_toml_is_refused() -> None:
    with pytest.raises(FormatError, match="not TOML"):
        formatted("a = ")


class TestANewSpec:
    def test_is_laid_out_and_read(self) -> None:
        text = initial_spec(["jq", "nodejs@20"])
        assert formatted(text) == text
        found = parse_spec(text, file="/p/devenv.toml")
        assert [item.text for item in found.common.requirements] == ["jq", "nodejs@20"]

    def test_may_ask_for_nothing(self) -> None:
        found = parse_spec(initial_spec([]), file="/p/devenv.toml")
        assert found.common.requirements == ()

    def test_has_hints_that_can_be_taken(self) -> None:
        text = initial_spec(["jq"])
        head, hints = text.split(":\n#\n")
        taken = "\n".join(line.removeprefix("# ") for line in hints.split("\n#\n"))
        taken = taken.replace("\n# ", "\n")
        spec = parse_spec(f"{head}:\n{taken}", file="/p/devenv.toml").common
        assert len(spec.libraries) == len(spec.dotenv) == len(spec.shell) == 1
        assert len(spec.env) == 2


_comments = st.sampled_from(["", "\n", "# c\n", "\n\n# d\n\n", "# e\n\n# f\n", "  \n"])
_behind = st.sampled_from(["", " # g", "# h ]", "  "])
_texts = st.sampled_from(["'a'", '"b # b"', '"""\nc\n\n\n"""', "'''d\n# e'''"])
_gaps = st.sampled_from(["", " ", "\n", " # i\n", "\n# j\n\n\n", "\n\n"])


@st.composite
def _a_list(draw: st.DrawFn) -> str:
    items = draw(st.lists(_texts | st.just(f"'{'x' * 50}'"), max_size=4))
    text = "["
    for index, item in enumerate(items):
        text += f"{draw(_gaps)}{item}{draw(_gaps)}"
        text += "," if index < len(items) - 1 or draw(st.booleans()) else ""
    return f"{text}{draw(_gaps)}]"


@st.composite
def _keys(draw: st.DrawFn, names: list[str]) -> str:
    text = ""
    for name in draw(st.lists(st.sampled_from(names), unique=True)):
        blank = draw(st.sampled_from(["", " ", "   "]))
        value = draw(_texts | _a_list() | st.just("{ a = [ 1,\n2], b = 1 }"))
        text += f"{draw(_comments)}{blank}{name}{blank}={blank}{value}{draw(_behind)}\n"
    return text


@st.composite
def _specs(draw: st.DrawFn) -> str:
    text = draw(_keys(["packages", "libraries", "dotenv", "x.y", "imports", "z"]))
    headers = ["[env]", "[ inputs ]", "[shell.fish]", "[shell]", "[system.a]", "[q]"]
    for header in draw(st.lists(st.sampled_from(headers), unique=True)):
        text += f"{draw(_comments)}{header}{draw(_behind)}\n"
        text += draw(_keys(["packages", "env.A", "B", "libraries"]))
    return text + draw(_comments)


@given(_specs())
def test_any_spec_means_the_same_and_is_done_at_once(text: str) -> None:
    found = formatted(text)
    assert tomllib.loads(found) == tomllib.loads(text)
    assert formatted(found) == found
    assert found.count("#") == text.count("#")
