"""Random edits and random kills under a watching daemon: nothing is missed or lost.

A small, seeded run of each; tests/soak/test_watching.py has the long ones.
"""

from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.watch_soak import edit_at_random, kill_at_random


def test_after_random_edits_every_environment_is_as_made_afresh(
    project: ProjectWorld,
) -> None:
    edit_at_random(project, projects=3, seed=20261126, warm_up=20, rounds=1, edits=150)


def test_a_daemon_that_is_killed_at_any_time_is_continued(
    project: ProjectWorld,
) -> None:
    kill_at_random(project, projects=2, seed=20261127, kills=4, edits=8)
