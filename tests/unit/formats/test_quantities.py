"""Sizes and counts as people read them."""

from datetime import timedelta

import pytest

from devenv.errors import FormatError
from devenv.formats.quantities import counted, parse_age, parse_size, size


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


@pytest.mark.parametrize(
    ("text", "count_bytes"),
    [
        ("0", 0),
        ("4096", 4096),
        ("500k", 500_000),
        ("500 MB", 500_000_000),
        ("5G", 5_000_000_000),
        ("1.5GiB", 3 << 29),
        ("2Ti", 2 << 40),
        (" 7b ", 7),
    ],
)
def test_a_size_is_read_as_people_write_it(text: str, count_bytes: int) -> None:
    assert parse_size(text) == count_bytes


@pytest.mark.parametrize("text", ["", "G", "-1", "1e9", "5 apples", "1..2", "7ib"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(FormatError, match="is no size"):
        parse_size(text)


@pytest.mark.parametrize(
    ("text", "hours"), [("12h", 12), ("30d", 720), ("2W", 336), ("0d", 0)]
)
def test_an_age_is_read_as_people_write_it(text: str, hours: int) -> None:
    assert parse_age(text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "30", "d", "-1d", "1.5d", "1 month"])
def test_what_is_no_age_is_refused(text: str) -> None:
    with pytest.raises(FormatError, match="is no age"):
        parse_age(text)
