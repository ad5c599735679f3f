"""A folder for the time of one piece of work."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch_directory(prefix: str) -> Iterator[Path]:
    """Yield an empty folder that only we can use; it is gone afterwards.

    Raises:
        OSError: none can be made.
    """
    with tempfile.TemporaryDirectory(prefix=prefix) as name:
        yield Path(name)
