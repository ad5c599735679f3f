"""Sizes and counts as people read them."""

import pytest

from devenv.formats.quantities import counted, size


@pytest.mark.parametrize(
    ("count_bytes", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (4_123_456, "4.1 MB"),
        (123_456_789, "123 MB"),
        (5_000_000_000_000_000, "5000 TB"),
    ],
)
def test_sizes_have_at_most_three_digits_before_the_last_unit(
    count_bytes: int, text: str
) -> None:
    assert size(count_bytes) == text


def test_a_count_agrees_with_its_noun() -> None:
    assert counted(1, "package") == "1 package"
    assert counted(0, "entry", "entries") == "0 entries"
