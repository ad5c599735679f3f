"""Generated archives by the hundred; `tests/long` has them by the ten thousand."""

from pathlib import Path

from devenv.build.unpack import UnpackPool
from tests.fixtures.archive_trials import try_archives


def test_500_generated_archives_stay_inside_or_are_refused(tmp_path: Path) -> None:
    with UnpackPool(1) as pool:
        trials = try_archives(pool, tmp_path, range(500))

    # Both happen, and for many reasons: else the generator is too tame or too wild.
    assert trials.taken > 25
    assert trials.refused > 250
    assert len(trials.reasons) > 25
