"""Several spec files as one."""

import pytest

from devenv.formats.spec_toml import parse_spec
from devenv.model.spec import (
    EnvValue,
    ListValue,
    ShellText,
    Spec,
    UnsetValue,
    WholeListValue,
)
from devenv.plan.merge_spec import merge_spec
from tests.fixtures.spec_values import templates, text_value

SYSTEM = "x86_64-linux"


def merged(*texts: str, system: str = SYSTEM) -> Spec:
    """Return the specs of files in `/0`, `/1` ... as one."""
    files = [
        parse_spec(text, file=f"/{number}/devenv.toml")
        for number, text in enumerate(texts)
    ]
    return merge_spec(files, system)


def packages(spec: Spec) -> list[str]:
    return [item.text for item in spec.requirements]


def test_lists_append_in_the_order_of_files() -> None:
    spec = merged("packages = ['a', 'b']", "packages = ['c']")
    assert packages(spec) == ["a", "b", "c"]


def test_a_package_asked_for_twice_is_asked_for_once() -> None:
    spec = merged("packages = ['a', 'b']", "packages = ['b', 'a@1', 'sid:a', 'A']")
    assert packages(spec) == ["a", "b", "a@1", "sid:a"]


def test_the_part_for_a_system_comes_after_the_common_one_of_its_file() -> None:
    text = "packages = ['a']\nenv.X = 'all'\n[system.aarch64-linux]\n"
    text += "packages = ['b']\nenv.X = 'arm'"
    assert packages(merged(text)) == ["a"]
    arm = merged(text, "packages = ['c']", system="aarch64-linux")
    assert packages(arm) == ["a", "b", "c"]
    assert arm.env[0].value == text_value("arm")


@pytest.mark.parametrize(
    ("before", "after", "value"),
    [
        pytest.param("'x'", "'y'", text_value("y"), id="the last text counts"),
        pytest.param("'x'", "false", UnsetValue(), id="unset"),
        pytest.param(
            "{ prepend = ['./a', 'b'], append = ['c'] }",
            "{ prepend = ['./d'], append = ['e'] }",
            ListValue(
                prepend=templates("/1/d", "/0/a", "b"), append=templates("c", "e")
            ),
            id="what is put in front last is in front",
        ),
        pytest.param(
            "['a']",
            "['b']",
            WholeListValue(entries=templates("a", "b")),
            id="whole lists",
        ),
        pytest.param(
            "['a']",
            "{ append = ['b'] }",
            ListValue(
                append=templates(
                    "b",
                )
            ),
            id="another form",
        ),
    ],
)
def test_values_merge(before: str, after: str, value: EnvValue) -> None:
    spec = merged(f"env.A = {before}", f"env.A = {after}")
    assert [item.value for item in spec.env] == [value]
    assert spec.env[0].place.file == "/1/devenv.toml"


def test_an_alias_is_the_last_one_of_its_name() -> None:
    text = "alias.t = 'make'\nalias.b = 'make b'\n[system.x86_64-linux]\nalias.c = 'c'"
    spec = merged(text, "alias.t = 'make test'")
    assert list(spec.aliases.items()) == [
        ("b", "make b"),
        ("c", "c"),
        ("t", "make test"),
    ]


def test_variables_are_sorted_by_name() -> None:
    spec = merged("env.B = ''\nenv.C = ''", "env.A = ''")
    assert [item.name for item in spec.env] == ["A", "B", "C"]


def test_a_dotenv_file_counts_where_it_is_named_last() -> None:
    spec = merged("dotenv = ['/a', '/b']", "dotenv = ['/a']")
    assert [item.path for item in spec.dotenv] == ["/b", "/a"]


def test_shell_texts_merge_by_shell_and_moment() -> None:
    spec = merged(
        "shell.enter = '1'\nshell.leave = '1'\nshell.fish.enter = 'f'",
        "shell.enter = '2'\nshell.leave = ''",
    )
    assert spec.shell == {
        "": ShellText(enter="2", leave=""),
        "fish": ShellText(enter="f", leave=""),
    }


def test_what_nobody_says_has_a_default() -> None:
    spec = merged("")
    assert spec.default_input == "debian"
    assert spec.oldest_c_library == Spec(system="").oldest_c_library
    assert spec.systems == ("x86_64-linux", "aarch64-linux")


def test_of_single_names_the_last_counts() -> None:
    spec = merged("default_input = 'sid'", "default_input = 'forky'", "")
    assert spec.default_input == "forky"
    assert str(spec.default_input_place) == "/1/devenv.toml:1, default_input"


def test_a_later_input_of_the_same_name_replaces_the_earlier() -> None:
    def own(suite: str) -> str:
        return f"inputs.own = {{ apt = 'u', suite = '{suite}', key = 'k' }}"

    spec = merged(own("one"), own("two"))
    assert spec.inputs["own"].table["suite"] == "two"
    assert spec.inputs["own"].folder == "/1"
