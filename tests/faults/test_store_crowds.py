"""A small crowd at one store; `pytest -m soak` has the large ones."""

from pathlib import Path

from tests.fixtures.store_crowd import (
    check_is_sound_and_becomes_empty,
    crowd,
    kill_at_random,
    work,
)


def test_a_crowd_and_a_collector_agree(tmp_path: Path) -> None:
    assert crowd(tmp_path, workers=6, rounds=10) == {0}
    check_is_sound_and_becomes_empty(tmp_path)


def test_random_kills_leave_a_sound_store(tmp_path: Path) -> None:
    kill_at_random(tmp_path, kills=25, seed=20260102)
    work(tmp_path, 1, 3)
    check_is_sound_and_becomes_empty(tmp_path)
