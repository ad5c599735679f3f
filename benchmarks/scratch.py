"""Where benchmarks build what they measure."""

import argparse
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.timing import checked


def arguments(description: str) -> argparse.Namespace:
    """Return `quick` and `scratch` of the command line."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="a few rounds only")
    parser.add_argument(
        "--scratch",
        type=Path,
        default=Path(cache, "devenv-benchmarks"),
        help="keeps peers and a bare root between runs (default: %(default)s)",
    )
    return parser.parse_args()


@contextmanager
def runs_folder(scratch: Path) -> Iterator[Path]:
    """Yield an empty folder that is deleted at the end.

    Nothing below it is deleted between rounds: on ext4, files are made ten
    times slower for minutes where many have just been deleted.
    """
    folder = scratch.resolve() / f"runs-{os.getpid()}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        checked(["chmod", "-R", "u+w", folder])
        shutil.rmtree(folder)
