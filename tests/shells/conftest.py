"""Homes for shells to start in."""

from pathlib import Path

import pytest

from tests.fixtures.ad_hoc import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.add_program("hello", "#!/bin/sh\necho from-the-tree\n")
    return home
