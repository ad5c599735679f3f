"""The rules file, right and wrong."""

from importlib.resources import files

import pytest

from devenv.errors import FormatError
from devenv.formats.relocation_rules import parse_relocation_rules


def test_the_packages_are_those_of_the_list() -> None:
    text = 'without_redirection = ["a", "b", "a"]'

    assert parse_relocation_rules(text) == {"a", "b"}


def test_our_own_rules_leave_out_those_that_speak_of_the_host() -> None:
    text = (files("devenv.data") / "relocation.toml").read_text("utf-8")

    assert {"coreutils", "findutils", "libc-bin", "gdb"} <= parse_relocation_rules(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("without_redirection = 1", id="not a list"),
        pytest.param("without_redirection = [1]", id="not names"),
        pytest.param("without_redirection = []\nother = 1", id="another key"),
        pytest.param("without_redirection = [", id="not TOML"),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        parse_relocation_rules(text)
