"""`devenv store verify` and `optimise`: the store as it lies on the disk."""

from collections.abc import Sequence
from functools import partial

from devenv.model.store_path import StorePath
from devenv.operations.doors import Doors
from devenv.store.look_over import look_over
from devenv.store.optimise import Saved, optimise
from devenv.store.verify import Difference


def look_at_store(
    doors: Doors, paths: Sequence[StorePath], *, is_whole: bool
) -> tuple[Difference, ...]:
    """Return what is wrong with store paths, with all if none is named.

    Args:
        doors: the store.
        paths: what to look at.
        is_whole: read every file, not only those of paths that look strange.
    """
    if is_whole:
        return doors.store.verify(paths or None)
    bases = [path.base for path in paths] or None
    return doors.store.look(partial(look_over, bases=bases))


def optimise_store(doors: Doors) -> Saved:
    """Join equal files of the store; see `devenv.store.optimise`.

    Raises:
        StoreError: the store is read-only, or its disk failing ...
    """
    return doors.store.change(partial(optimise, progress=doors.display))
