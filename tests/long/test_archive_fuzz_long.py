"""The fuzz of `tests/faults/test_archive_fuzz.py`, with other seeds, for long."""

from pathlib import Path

import pytest

from devenv.build.unpack import UnpackPool
from tests.fixtures.archive_trials import try_archives

FIRST_SEED = 1_000
COUNT = 10_000


@pytest.mark.long
@pytest.mark.timeout(900)
def test_10_000_generated_archives_stay_inside_or_are_refused(tmp_path: Path) -> None:
    with UnpackPool(1) as pool:
        trials = try_archives(pool, tmp_path, range(FIRST_SEED, FIRST_SEED + COUNT))

    assert trials.taken + trials.refused == COUNT
    assert trials.taken > COUNT // 20
