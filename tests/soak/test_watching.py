"""10,000 random edits over 20 projects, and 200 kills: nothing is missed or lost."""

import pytest

from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.watch_soak import Soak, soak

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]

EDITS = 10_000
ROUNDS = 10
KILLS = 200


def test_ten_thousand_edits_over_twenty_projects(project: ProjectWorld) -> None:
    def act(found: Soak) -> None:
        for _ in range(100):
            found.edit()
        found.check(found.finish())
        descriptors, memory = found.daemon.descriptors(), found.daemon.memory_kib()
        for _ in range(ROUNDS):
            for _ in range(EDITS // ROUNDS):
                found.edit()
            found.check(found.finish())
        # One copy may stand ready for the next build, at two pipes.
        assert found.daemon.descriptors() <= descriptors + 2
        assert found.daemon.memory_kib() < memory + 2048

    soak(project, projects=20, seed=1, act=act)


def test_two_hundred_kills_at_random_times(project: ProjectWorld) -> None:
    def act(found: Soak) -> None:
        for _ in range(KILLS):
            for _ in range(found.dice.randrange(10)):
                found.edit()
            found.daemon.kill()
            for folder in found.folders:
                assert "_devenv_new_complete" in found.daemon.current(folder)
            found.edit()
            found.daemon.start()

    soak(project, projects=5, seed=2, act=act)
