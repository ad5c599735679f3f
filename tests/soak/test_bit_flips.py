"""Thousands of flipped bits; see tests/faults/test_bit_flips.py for some."""

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.fixtures.bit_flips import make_sample, trial

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1200)]

TRIALS = 5000


def test_thousands_of_flipped_bits_are_found_or_harmless(tmp_path: Path) -> None:
    sample, copy = tmp_path / "sample", tmp_path / "copy"
    make_sample(sample)
    choice = random.Random(7)  # noqa: S311 (a seeded test)
    outcomes: Counter[str] = Counter()
    for _ in range(TRIALS):
        outcomes[trial(sample, copy, choice)] += 1
        for folder in copy.rglob("*"):
            if folder.is_dir() and not folder.is_symlink():
                folder.chmod(0o755)
        shutil.rmtree(copy)
    assert sum(outcomes.values()) == TRIALS
    assert outcomes["found"] > TRIALS / 4
