"""One spec file as text."""

import re
from contextlib import suppress

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from devenv.errors import SpecError
from devenv.formats.spec_keys import FILE_KEYS
from devenv.formats.spec_toml import parse_spec
from devenv.model.spec import (
    EnvValue,
    FileValue,
    ListValue,
    SpecFile,
    UnsetValue,
    WholeListValue,
)
from devenv.plan.merge_spec import merge_spec
from tests.fixtures.spec_values import templates, text_value

FILE = "/home/u/app/devenv.toml"

EVERYTHING = """\
packages  = ["ripgrep", "python3", "nodejs@20", "bookworm:ruby", "c++"]
libraries = ["libstdc++6", "zlib1g"]
dotenv    = [".env", "~/.env.local"]
imports   = ["../common/devenv.toml", "/etc/devenv/devenv.toml", "~/own.toml"]
systems   = ["x86_64-linux"]
default_input = "sid"
oldest_c_library = "2.36"

[inputs]
pgdg = { apt = "https://example.org/apt", suite = "trixie-pgdg", key = "k.asc" }

[env]
DATABASE_URL = "postgresql:///app"
PATH         = { prepend = ["./scripts", "bin", "/opt/x", "~/b", "${PROJECT}/y"] }
TOKEN        = { file = ".secrets/token" }
EDITOR       = false
FLAGS        = ["./a", "b"]

[shell]
enter = "echo hello"
[shell.fish]
leave = "echo bye"

[system.aarch64-linux]
packages = ["gdb"]
env.ONLY = "there"
"""


def parsed(text: str) -> SpecFile:
    return parse_spec(text, file=FILE, home="/home/u")


def complaints(text: str) -> list[tuple[str, str, str]]:
    """Return what, `line, key` and hint of every complaint."""
    with pytest.raises(SpecError) as caught:
        parsed(text)
    return [
        (item.what, (item.where or "").removeprefix(f"{FILE}:"), item.hint or "")
        for item in caught.value.complaints
    ]


def env_of(text: str) -> EnvValue:
    (setting,) = parsed(f"[env]\n{text}").common.env
    return setting.value


def test_packages_are_read_in_order_with_their_places() -> None:
    found = parsed(EVERYTHING).common.requirements
    assert [item.text for item in found] == [
        "ripgrep",
        "python3",
        "nodejs@20",
        "bookworm:ruby",
        "c++",
    ]
    assert found[2].requirement.version == "20"
    assert found[3].requirement.input == "bookworm"
    assert str(found[3].place) == f"{FILE}:1, packages[3]"


def test_paths_start_at_the_file_or_at_home() -> None:
    found = parsed(EVERYTHING)
    assert [item.path for item in found.imports] == [
        "/home/u/common/devenv.toml",
        "/etc/devenv/devenv.toml",
        "/home/u/own.toml",
    ]
    assert [item.path for item in found.common.dotenv] == [
        "/home/u/app/.env",
        "/home/u/.env.local",
    ]


def test_single_names_are_read() -> None:
    found = parsed(EVERYTHING)
    assert found.systems == ("x86_64-linux",)
    assert found.common.default_input is not None
    assert found.common.default_input.text == "sid"
    assert found.common.oldest_c_library is not None
    assert found.common.oldest_c_library.text == "2.36"


def test_a_part_for_one_system_has_the_same_keys() -> None:
    part = parsed(EVERYTHING).by_system["aarch64-linux"]
    assert [item.text for item in part.requirements] == ["gdb"]
    assert str(part.env[0].place) == f"{FILE}:26, system.aarch64-linux.env.ONLY"


def test_shell_texts_are_of_every_shell_or_of_one() -> None:
    found = parsed(EVERYTHING).common.shell
    assert [(item.shell, item.moment, item.text) for item in found] == [
        ("", "enter", "echo hello"),
        ("fish", "leave", "echo bye"),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("A = 'x ${B}'", text_value("x ${B}"), id="text"),
        pytest.param("A = ''", text_value(""), id="empty text"),
        pytest.param("A = false", UnsetValue(), id="unset"),
        pytest.param(
            "A = { file = 't' }", FileValue(path="/home/u/app/t"), id="a file"
        ),
        pytest.param(
            "A = ['./a', 'b', '../c']",
            WholeListValue(entries=templates("/home/u/app/a", "b", "/home/u/c")),
            id="a whole list",
        ),
        pytest.param(
            "A = { append = ['./a', 'b', '${X:-y}'] }",
            ListValue(append=templates("/home/u/app/a", "b", "${X:-y}")),
            id="what is behind",
        ),
        pytest.param(
            "PATH = { prepend = ['bin', './s', '/x', '~/b', '${PROJECT}/y'] }",
            ListValue(
                prepend=templates(
                    "/home/u/app/bin",
                    "/home/u/app/s",
                    "/x",
                    "${HOME}/b",
                    "${PROJECT}/y",
                ),
                is_search_path=True,
            ),
            id="a search path",
        ),
    ],
)
def test_a_value_has_one_of_five_forms(text: str, value: EnvValue) -> None:
    assert env_of(text) == value


def test_a_dollar_in_the_folder_is_no_reference() -> None:
    found = parse_spec("env.PATH.append = ['b']", file="/a$HOME/devenv.toml")
    assert found.common.env[0].value == ListValue(
        append=templates("/a$$HOME/b"), is_search_path=True
    )


@pytest.mark.parametrize("text", ["", "\ufeff", "# nothing\r\n", "packages = []"])
def test_a_spec_may_say_nothing(text: str) -> None:
    assert parsed(text).common.requirements == ()


def test_all_mistakes_are_told_at_once_in_the_order_of_lines() -> None:
    found = complaints(
        "pakages = ['jq']\nsystems = ['arm']\n"
        "[env]\nPORT = 8080\nIFS = 'x'\n[shel]\n[system.x86_64-linux]\nimports = []\n"
    )
    assert [where for _, where, _ in found] == [
        "1, pakages",
        "2, systems[0]",
        "4, env.PORT",
        "5, env.IFS",
        "6, shel",
        "8, system.x86_64-linux.imports",
    ]
    assert "did you mean packages?" in found[0][2]


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        pytest.param(
            "packages = 'jq'", "a list of texts, found text", r'\["', id="list"
        ),
        pytest.param("packages = [1]", "text, found a number", "quotes", id="item"),
        pytest.param("packages = ['']", "empty", "take the entry", id="empty"),
        pytest.param("packages = ['a b']", "not the name", "name@v", id="space"),
        pytest.param("env = 1", "a table, found a number", r"\[env\]", id="table"),
        pytest.param("env.A = true", "text, found true", 'A = "true"', id="true"),
        pytest.param("env.A = 2025-01-01", "found a date", "as text", id="date"),
        pytest.param("env.A = {}", "table is empty", "prepend", id="no key"),
        pytest.param("env.A.prepent = []", "no key 'prepent'", "prepend", id="key"),
        pytest.param("env.A = {file='a',append=[]}", "by itself", "one", id="both"),
        pytest.param("env.A = ['a:b']", "no colon", "of its own", id="colon"),
        pytest.param(r'env.A = "a\u0000"', "NUL", "take it out", id="nul"),
        pytest.param("env.PATH = '/bin'", "only added to", "prepend", id="managed"),
        pytest.param("env.PATH = false", "only added to", "prepend", id="path unset"),
        pytest.param("env.PATH = ['/b']", "only added to", "prepend", id="path list"),
        pytest.param("env.LD_LIBRARY_PATH='/x'", "made by", "libraries =", id="ld"),
        pytest.param("env.'A B' = '/x'", "not a name", "another name", id="name"),
        pytest.param("env.BASH_ENV = 'x'", "would run code", "another", id="code"),
        pytest.param("env.status = 'x'", "special variable", "another", id="special"),
        pytest.param("env.DEVENV_X = 'x'", "devenv's own", "another", id="ours"),
        pytest.param("shell.enter = 1", "found a number", "'''", id="shell text"),
        pytest.param("shell.tcsh = {}", "no key 'tcsh'", "bash", id="shell name"),
        pytest.param("system.x86_64 = {}", "no system", "x86_64-linux?", id="system"),
        pytest.param("systems = []", "one system at least", "both", id="no system"),
        pytest.param("default_input = 'A'", "cannot be meant", '"sid"', id="input"),
        pytest.param("oldest_c_library=2.3", "found a number", '"2.36"', id="libc"),
        pytest.param("inputs.x = 'u'", "found text", "suite", id="input's table"),
        pytest.param("inputs.X = {}", "no name for an input", "lower", id="input name"),
        pytest.param("inputs.x.apt = 'u'", "needs 'key'|needs 'suite'", ".", id="key"),
        pytest.param("imports = ['./devenv.toml']", "itself", "take", id="itself"),
        pytest.param(
            "a = ", "not TOML: a value is missing", "devenv check", id="syntax"
        ),
        pytest.param("a = " + "[" * 5000, "not TOML", "devenv check", id="deep"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(text: str, what: str, hint: str) -> None:
    ((told, where, next_step),) = complaints(text)
    assert re.search(what, told)
    assert where.startswith("1")
    assert re.search(hint, next_step)


def test_a_value_that_linux_does_not_take_is_refused() -> None:
    ((what, _, _),) = complaints(f"env.A = '{'x' * 131072}'")
    assert "longer than Linux allows" in what


def test_home_is_needed_only_where_it_is_named() -> None:
    with pytest.raises(SpecError, match="no home folder"):
        parse_spec("imports = ['~/x.toml']", file=FILE)


_words = st.sampled_from(
    ["", "jq", "a b", "./x", "~/x", "${A}", "$A", "${", "x:y", "sid", "2.36", "\0", "é"]
)
_leaves = _words | st.booleans() | st.integers() | st.floats() | st.dates()
_names = st.sampled_from(
    [
        *FILE_KEYS,
        *("PATH", "A", "status", "prepend", "append", "file", "enter", "fish"),
        *("x86_64-linux", "own", "apt", "suite", "key", "base", "a b", ""),
    ]
)
_values = st.recursive(
    _leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=4)
    ),
    max_leaves=10,
)


@given(st.dictionaries(_names, _values, max_size=5))
def test_any_document_is_read_or_complained_of(document: dict[str, object]) -> None:
    text = tomli_w.dumps(document)
    try:
        found = parsed(text)
    except SpecError as error:
        told = error.complaints
    else:
        told = ()
        assert merge_spec([found], "x86_64-linux").system == "x86_64-linux"
    assert all(item.what and item.hint for item in told)
    assert all((item.where or "").startswith(f"{FILE}:") for item in told)


@given(st.text())
def test_any_text_is_read_or_complained_of(text: str) -> None:
    with suppress(SpecError):
        assert parsed(text).path == FILE
