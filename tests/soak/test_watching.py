"""10,000 random edits over 20 projects, and 200 kills: nothing is missed or lost."""

import pytest

from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.watch_soak import edit_at_random, kill_at_random

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]


def test_ten_thousand_edits_over_twenty_projects(project: ProjectWorld) -> None:
    edit_at_random(project, projects=20, seed=1, warm_up=100, rounds=10, edits=1000)


def test_two_hundred_kills_at_random_times(project: ProjectWorld) -> None:
    kill_at_random(project, projects=5, seed=2, kills=200, edits=10)
