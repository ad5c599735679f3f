"""Version constraints of many tools, read alike."""

import pytest

from devenv.formats.version_range import parse_version_range
from devenv.model.version_range import version_numbers


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        pytest.param("20", "20.19.2", "21.0", id="a major number"),
        pytest.param("v20.11", "20.11.1", "20.12", id="with a v"),
        pytest.param("20.x", "20.1", "21", id="with an x"),
        pytest.param("3.11.*", "3.11.4", "3.12", id="with a star"),
        pytest.param("==3.11.*", "3.11.4", "3.12", id="two equal signs"),
        pytest.param(">=3.9", "4", "3.8.9", id="at least"),
        pytest.param(">=3.9,<3.13", "3.12.9", "3.13", id="two with a comma"),
        pytest.param(">= 18 < 21", "20.9", "21.0.1", id="two with a blank"),
        pytest.param("<=20", "20.19", "21", id="at most"),
        pytest.param("!=3.9.1,>=3", "3.9.1", "2.9", id="unequal is let pass"),
        pytest.param("^20.1", "20.9", "20.0.9", id="caret, below"),
        pytest.param("^20.1", "20.9", "21", id="caret, above"),
        pytest.param("^0.2.3", "0.2.9", "0.3", id="caret below one"),
        pytest.param("~1.2.3", "1.2.9", "1.3", id="tilde"),
        pytest.param("~> 3.2", "3.9", "4", id="two numbers of Ruby"),
        pytest.param("~> 3.2.1", "3.2.9", "3.3", id="three numbers of Ruby"),
        pytest.param("~=3.9", "3.12", "4", id="compatible"),
        pytest.param("18 || 20", "20.1", "19", id="alternatives"),
        pytest.param("^8.1|^8.3", "8.9", "9", id="alternatives of Composer"),
        pytest.param("1.2 - 1.4", "1.4.9", "1.5", id="a hyphen"),
        pytest.param("3.13.0rc1", "3.13.0", "3.12", id="a candidate"),
    ],
)
def test_a_constraint_lets_in_and_leaves_out(
    text: str, inside: str, outside: str
) -> None:
    found = parse_version_range(text)
    assert found is not None
    assert found.has(version_numbers(inside))
    assert not found.has(version_numbers(outside))


@pytest.mark.parametrize("text", ["", "*", "latest", "lts/iron", "stable", "LTS"])
def test_no_number_is_any_version(text: str) -> None:
    found = parse_version_range(text)
    assert found is not None
    assert found.is_open


@pytest.mark.parametrize("text", ["abc", ">=", "20; rm -rf", "\x1b[2J", "9" * 300])
def test_what_is_not_understood_is_said(text: str) -> None:
    assert parse_version_range(text) is None


@pytest.mark.parametrize(
    ("text", "pinned"),
    [("20.11.1", (20, 11, 1)), (">=20", ()), ("18 || 20", ()), ("^20", ())],
)
def test_only_a_plain_number_is_pinned(text: str, pinned: tuple[int, ...]) -> None:
    found = parse_version_range(text)
    assert found is not None
    assert found.pinned == pinned
