"""Which version is asked for, of those that there are."""

import pytest

from devenv.formats.version_range import parse_version_range
from devenv.plan.choose_version import choose_version, unchecked_version

PYTHONS = ("3.13.5", "3.11.2", "3.9.2")
NODES = ("20.19.2", "18.20.4", "12.22.12")


@pytest.mark.parametrize(
    ("wanted", "available", "version", "is_right"),
    [
        pytest.param([">=3.10"], PYTHONS, "", True, id="the default will do"),
        pytest.param(["3.13"], PYTHONS, "3.13", True, id="the default by its number"),
        pytest.param(["<3.12"], PYTHONS, "3.11", True, id="the next input's"),
        pytest.param(["^18"], NODES, "18", True, id="a major number is enough"),
        pytest.param(["3.11.9"], PYTHONS, "3.11", False, id="another last number"),
        pytest.param(["3.12"], PYTHONS, "3.13", False, id="as near: the newer"),
        pytest.param(["3.10"], PYTHONS, "3.11", False, id="as near: the newer again"),
        pytest.param(["2.7"], PYTHONS, "3.9", False, id="all are newer"),
        pytest.param(["22"], NODES, "20", False, id="all are older"),
        pytest.param([">=3.9", "<3.12"], PYTHONS, "3.11", True, id="both hold"),
        pytest.param(["3.13", "<3.12"], PYTHONS, "3.13", True, id="the first counts"),
        pytest.param(["3.11"], (), "", True, id="nothing there"),
        pytest.param(["*"], PYTHONS, "", True, id="any"),
    ],
)
def test_a_version_is_chosen(
    wanted: list[str],
    available: tuple[str, ...],
    version: str,
    is_right: bool,  # noqa: FBT001 - a column of the table
) -> None:
    ranges = [found for text in wanted if (found := parse_version_range(text))]
    choice = choose_version(ranges, available)
    assert (choice.version, choice.is_right) == (version, is_right)
    assert is_right or "the nearest" in choice.remark


def test_who_is_not_heard_is_told_so() -> None:
    ranges = [
        found for text in ("3.13", "<3.12") if (found := parse_version_range(text))
    ]
    assert "other files" in choose_version(ranges, PYTHONS).remark


def test_unchecked_a_pinned_version_is_taken() -> None:
    ranges = [found for text in (">=3", "3.11") if (found := parse_version_range(text))]
    assert unchecked_version(ranges).version == "3.11"
    assert not unchecked_version(ranges[:1]).version
