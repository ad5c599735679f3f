"""The text that shells complete from: shipped, and made by the command line.

`DEVENV_WRITE_GOLDEN=1 pytest tests/unit/cli/test_completion_table.py` writes it.
"""

import os
import re

import pytest

from devenv.cli.completion_table import choices, completion_table
from devenv.cli.main import command_line
from tests.fixtures.ad_hoc import CHECKOUT

FILE = CHECKOUT / "shell-hooks" / "commands.txt"
KINDS = {
    *("asked", "command", "dir", "file", "generation", "locked", "package", "part"),
    *("path", "program", "template", "text", "topic", "variable", "number"),
    *choices(),
}
"""What completion.bash, completion.fish and _devenv know."""


@pytest.fixture(scope="module")
def table() -> str:
    return completion_table(command_line())


def test_what_is_shipped_is_what_the_command_line_has(table: str) -> None:
    if os.environ.get("DEVENV_WRITE_GOLDEN"):
        FILE.write_text(table)
    assert FILE.read_text() == table, "made anew by DEVENV_WRITE_GOLDEN=1"


def test_every_line_has_its_parts_and_no_more(table: str) -> None:
    parts = {"c": 4, "f": 5, "v": 3}
    for line in table.splitlines():
        assert line.count("|") + 1 == parts[line[0]], line
        assert re.fullmatch(r"[ -~…]*", line), line


def test_shells_know_every_kind(table: str) -> None:
    for line in table.splitlines():
        fields = line.split("|")
        kinds = {"c": fields[2], "f": fields[3] if fields[3:] else "", "v": ""}
        words = kinds[line[0]].replace("...", "").split()
        assert set(words) <= KINDS | {"(", ">"}, line


def test_what_is_hidden_is_not_completed(table: str) -> None:
    assert "--allow-rollback" not in table
    assert "collect-garbage" not in table
