"""Rows N1 and N2: a store under crowds and kills, with a collector that loops."""

import os
from pathlib import Path

import pytest

from tests.fixtures.store_crowd import (
    check_is_sound_and_becomes_empty,
    crowd,
    dawdle,
    kill_at_random,
    sabotage,
    work,
)

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1200)]

PARTS = ["leases", "recheck", "locks", "roots in the transaction"]


def test_32_processes_realise_200_closures_each_against_a_collector(
    tmp_path: Path,
) -> None:
    assert crowd(tmp_path, workers=32, rounds=200) == {0}
    check_is_sound_and_becomes_empty(tmp_path)


@pytest.mark.parametrize("seed", [20260102, 7])
def test_500_random_kills_leave_a_sound_store(tmp_path: Path, seed: int) -> None:
    kill_at_random(tmp_path, kills=500, seed=seed)
    work(tmp_path, 1, 20)
    check_is_sound_and_becomes_empty(tmp_path)


@pytest.mark.parametrize("part", PARTS)
def test_a_store_without_a_part_of_its_protocol_is_caught(
    tmp_path: Path, part: str
) -> None:
    def before() -> None:
        dawdle(os.getpid())
        sabotage(part)

    assert crowd(tmp_path, workers=8, rounds=100, before=before) != {0}


def test_a_crowd_that_dawdles_at_every_step_agrees_too(tmp_path: Path) -> None:
    outcomes = crowd(
        tmp_path, workers=8, rounds=100, before=lambda: dawdle(os.getpid())
    )
    assert outcomes == {0}
    check_is_sound_and_becomes_empty(tmp_path)
