"""The comparison of tar readers in `tests/unit/formats/test_tar.py`, for long."""

from random import Random

import pytest

from devenv.errors import FormatError, UnsafeArchiveError
from tests.fixtures.archive_fuzz import hostile_tar
from tests.fixtures.tar_readers import our_reading, their_reading

COUNT = 100_000


@pytest.mark.long
@pytest.mark.timeout(900)
def test_100_000_archives_are_read_alike_or_refused() -> None:
    agreed = 0
    for seed in range(COUNT):
        content = hostile_tar(Random(seed))  # noqa: S311 - has to repeat
        try:
            found = our_reading(content)
        except (FormatError, UnsafeArchiveError):
            continue
        assert found == their_reading(content), f"seed {seed}"
        agreed += 1

    assert agreed > COUNT // 10
