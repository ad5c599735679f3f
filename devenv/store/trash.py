"""Removing: first out of the way by one rename, then piece by piece."""

import os
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path

from devenv.host.store_probe import is_probe_of_living
from devenv.host.syscalls import sync_file_system
from devenv.store.layout import SCRATCH_PREFIX, Layout, trash_name


@contextmanager
def opened(layout: Layout) -> Generator[int]:
    """Yield the store's folder, open."""
    descriptor = os.open(layout.store, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def synced(layout: Layout) -> None:
    """Flush everything written below the store's folder to the disk."""
    with opened(layout) as store:
        sync_file_system(store)


def discard_names(layout: Layout, names: Iterable[str]) -> list[str]:
    """Rename entries of the store's folder to trash; return their new names."""
    renamed: list[str] = []
    # Random bits of its own for each would take as long as a third of the renaming.
    stem = trash_name()
    with opened(layout) as store:
        for number, name in enumerate(names):
            trash = f"{stem}-{number}"
            try:
                os.rename(name, trash, src_dir_fd=store, dst_dir_fd=store)
            except FileNotFoundError:
                continue
            renamed.append(trash)
    return renamed


def empty_trash(layout: Layout, names: Sequence[str]) -> None:
    """Remove `names`. What cannot be removed now stays for the next time."""
    if not names:
        return
    from devenv.store.emptying import Emptying  # noqa: PLC0415 - mostly there is none

    with Emptying(layout) as emptying:
        emptying.add(names)


def discard_dead_scratch(
    layout: Layout, names: Iterable[str], *, is_alive: Callable[[str], bool]
) -> list[str]:
    """Rename to trash the scratch of sessions that have ended; return the new names.

    Args:
        layout: the store.
        names: what is in its folder.
        is_alive: whether a session with this token lives; asked after looking
            for scratch, so that none of a session that began since is found.
    """
    dead = [name for name in names if is_dead_scratch(name, is_alive=is_alive)]
    return discard_names(layout, dead)


def is_dead_scratch(name: str, *, is_alive: Callable[[str], bool]) -> bool:
    """Tell whether a name in the store is scratch that nobody will finish.

    Args:
        name: of anything in the store's folder.
        is_alive: whether a session with this token lives.
    """
    if not name.startswith(SCRATCH_PREFIX) or is_probe_of_living(name):
        return False
    return not is_alive(name.removeprefix(SCRATCH_PREFIX).partition("-")[0])


def room_bytes(store: Path) -> int:
    """Return how many bytes may still be written below `store`."""
    room = os.statvfs(store)
    return room.f_bavail * room.f_frsize
