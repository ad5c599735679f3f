"""Every row of the fault model that touches the store has a test, or says why not."""

import re
import tomllib
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
ROWS = tomllib.loads((TESTS / "data/fault_rows.toml").read_text())
EXPECTED = [f"A{n}" for n in range(11, 24)] + [f"F{n}" for n in range(1, 46)]


def test_no_row_is_forgotten() -> None:
    assert list(ROWS) == EXPECTED


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_tests_that_are_there(row: str) -> None:
    found = ROWS[row]
    assert set(found) in ({"what", "tests"}, {"what", "skipped"})
    if "skipped" in found:
        pytest.skip(f"{found['what']}: {found['skipped']}")
    for place in found["tests"]:
        file, _, name = place.partition("::")
        text = (TESTS / file).read_text()
        assert re.search(rf"^def {re.escape(name)}\(", text, re.MULTILINE), place
