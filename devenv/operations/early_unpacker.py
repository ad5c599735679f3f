"""The unpacker's process, started while the store is still being opened."""

from collections.abc import Generator
from contextlib import contextmanager

from devenv.model.lock import LockedSystem
from devenv.operations.doors import Doors, processors
from devenv.operations.locked_package import as_package
from devenv.operations.unpacked_package import unpacked_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from devenv.build.unpack import UnpackPool


@contextmanager
def early_unpacker(
    doors: Doors, locked: LockedSystem
) -> "Generator[UnpackPool | None]":
    """Yield a pool that is starting, if something that was asked for is missing.

    A new store is waiting for the disk, which a process that starts does not need.
    Whether a path is valid is not looked at: one that is there probably is.
    """
    if not _is_any_missing(doors, locked):
        yield None
        return
    # 13 ms, and mostly everything is there.
    from devenv.build.unpack import UnpackPool  # noqa: PLC0415

    with UnpackPool(processors()) as pool:
        pool.start()
        yield pool


def _is_any_missing(doors: Doors, locked: LockedSystem) -> bool:
    for name in locked.inputs:
        requested = frozenset(locked.requested_of(name))
        for row in locked.of_input(name):
            path = unpacked_path(as_package(row)) if row.name in requested else None
            if path is not None and not doors.store.path_of(path).exists():
                return True
    return False
