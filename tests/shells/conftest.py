"""Homes for shells to start in."""

from pathlib import Path

import pytest

from tests.fixtures.ad_hoc import Home


@pytest.fixture
def user(tmp_path: Path) -> Home:
    user = Home(tmp_path / "home")
    # Where it is missing, fish reads all manual pages in the background.
    completions = user.path / ".local/share/fish/generated_completions"
    completions.mkdir(parents=True)
    user.add_program("hello", "#!/bin/sh\necho from-the-tree\n")
    return user
