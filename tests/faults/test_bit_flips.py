"""A disk that changes a bit: it is found, or changes nothing."""

import random
from collections import Counter
from pathlib import Path

from tests.fixtures.bit_flips import make_sample, trial

TRIALS = 60


def test_a_flipped_bit_is_found_or_harmless(tmp_path: Path) -> None:
    sample = tmp_path / "sample"
    make_sample(sample)
    choice = random.Random(5)  # noqa: S311 (a seeded test)
    outcomes = Counter(
        trial(sample, tmp_path / str(number), choice) for number in range(TRIALS)
    )
    assert outcomes["found"] > TRIALS / 4
