"""Random edits and random kills under a watching daemon: nothing is missed or lost.

A small, seeded run of each; tests/soak/test_watching.py has the long ones.
"""

from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.watch_soak import Soak, soak

EDITS = 150
KILLS = 4


def test_after_random_edits_every_environment_is_as_made_afresh(
    project: ProjectWorld,
) -> None:
    def act(found: Soak) -> None:
        for _ in range(20):
            found.edit()
        found.check(found.finish())
        descriptors, memory = found.daemon.descriptors(), found.daemon.memory_kib()
        for _ in range(EDITS):
            found.edit()
        found.check(found.finish())
        # One copy may stand ready for the next build, at two pipes.
        assert found.daemon.descriptors() <= descriptors + 2
        assert found.daemon.memory_kib() < memory + 2048

    soak(project, projects=3, seed=20261126, act=act)


def test_a_daemon_that_is_killed_at_any_time_is_continued(
    project: ProjectWorld,
) -> None:
    def act(found: Soak) -> None:
        for _ in range(KILLS):
            for _ in range(found.dice.randrange(8)):
                found.edit()
            found.daemon.kill()
            for folder in found.folders:
                # What shells have is whole all the time.
                assert "_devenv_new_complete" in found.daemon.current(folder)
            found.edit()
            found.daemon.start()

    soak(project, projects=2, seed=20261127, act=act)
