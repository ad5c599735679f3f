"""The tables of programs and their packages."""

import re

import pytest

from devenv.operations.programs import read_table

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]*")


@pytest.mark.parametrize("table", ["programs", "holders"])
def test_a_table_maps_names_to_names_in_alphabetical_groups(table: str) -> None:
    rows = read_table(table)
    assert rows
    assert all(_NAME.fullmatch(word) for row in rows.items() for word in row)
