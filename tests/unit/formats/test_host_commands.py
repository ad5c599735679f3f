"""The table of host commands that nothing may stand in front of unasked."""

import pytest

from devenv.errors import FormatError
from devenv.formats.host_commands import parse_host_commands
from devenv.operations.project_effects import host_commands

NAMED = {"sh", "bash", "sudo", "su", "env", "ssh", "git", "gpg", "curl", "devenv"}


def test_the_table_has_the_commands_that_matter() -> None:
    assert set(host_commands()) >= NAMED
    assert list(host_commands()) == sorted(set(host_commands()))


@pytest.mark.parametrize("text", ["a = 1", "a = [1]", "a = ['x/y']", "a = ['']"])
def test_a_table_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        parse_host_commands(text)
