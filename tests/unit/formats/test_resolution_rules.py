from importlib.resources import files

import pytest

from devenv.errors import FormatError
from devenv.formats.resolution_rules import parse_resolution_rules
from devenv.model.resolution import ResolutionRules


def test_groups_of_skipped_names_become_one_set() -> None:
    text = """
        base = ["bash", "dash"]
        [skipped]
        services = ["cron", "init"]
        comfort = ["man-db"]
        [implied]
        libc6 = ["libc-bin"]
        [recommended]
        git = ["less"]
    """

    assert parse_resolution_rules(text) == ResolutionRules(
        base=("bash", "dash"),
        skipped=frozenset({"cron", "init", "man-db"}),
        implied={"libc6": ("libc-bin",)},
        recommended={"git": ("less",)},
    )


def test_no_text_is_no_rule() -> None:
    assert parse_resolution_rules("") == ResolutionRules()


@pytest.mark.parametrize(
    ("text", "where"),
    [
        pytest.param("basis = []", "basis", id="unknown key"),
        pytest.param("base = 'bash'", "base", id="text for a list"),
        pytest.param("base = [1]", "base", id="number for a name"),
        pytest.param("skipped = ['cron']", "skipped", id="list for a table"),
        pytest.param("implied.libc6 = 'x'", "implied.libc6", id="text in a table"),
        pytest.param("base = [", None, id="not TOML"),
    ],
)
def test_malformed_rules_are_refused_by_key(text: str, where: str | None) -> None:
    with pytest.raises(FormatError) as caught:
        parse_resolution_rules(text)

    assert caught.value.where == where


def test_the_rules_that_are_shipped_do_not_skip_what_they_bring_in() -> None:
    text = files("devenv.data").joinpath("resolution.toml").read_text("utf-8")
    rules = parse_resolution_rules(text)
    implied = {name for names in rules.implied.values() for name in names}

    assert "debconf" in rules.skipped
    assert not rules.skipped & {*rules.base, *implied}
