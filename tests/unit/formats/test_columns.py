"""Rows of text in columns."""

from devenv.formats.columns import columns


def test_columns_begin_or_end_one_below_the_other() -> None:
    rows = [["name", "1 B", "x"], ["a", "20 MB", ""]]
    assert columns(rows, right=frozenset({1})) == ["name    1 B  x", "a     20 MB"]


def test_no_rows_are_no_lines() -> None:
    assert columns([]) == []
