"""Homes for shells to start in, and shells that are there for many tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.ad_hoc import Home
from tests.fixtures.hooked import HOOKED, HookedShell, hooked_terminal


@pytest.fixture
def user(tmp_path: Path) -> Home:
    user = _home(tmp_path / "home")
    user.add_program("hello", "#!/bin/sh\necho from-the-tree\n")
    return user


@pytest.fixture(scope="module", params=HOOKED)
def hooked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HookedShell]:
    user = _home(tmp_path_factory.mktemp("home").resolve())
    with hooked_terminal(user, request.param) as terminal:
        yield HookedShell(user, request.param, terminal)


def _home(folder: Path) -> Home:
    user = Home(folder)
    # Where it is missing, fish reads all manual pages in the background.
    (folder / ".local/share/fish/generated_completions").mkdir(parents=True)
    return user
