"""Removing files beside the store that serve nobody; see `leftover_files`."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from devenv.host.files import random_name, remove_tree
from devenv.operations.record_check import LEAF


def remove_leftovers(paths: Iterable[Path]) -> int:
    """Remove files and folders; return the disk's bytes that are free again.

    What cannot be removed stays for the next time.
    """
    freed = 0
    for path in paths:
        # Out of the way first: what is half gone must not be read.
        aside = path.with_name(random_name(".gone-"))
        with suppress(OSError):
            path.rename(aside)
            parent = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                freed += remove_tree(parent, aside.name)
            finally:
                os.close(parent)
            if path.name == LEAF:
                _remove_empty_parents(path.parent)
    return freed


def _remove_empty_parents(folder: Path) -> None:
    with suppress(OSError):
        while folder.name != "exec":
            folder.rmdir()
            folder = folder.parent
