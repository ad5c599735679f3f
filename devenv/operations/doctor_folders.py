"""The doctor looks at the user's folders and the file systems that hold them."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from devenv.host.file_system import file_system_of
from devenv.host.files import names_in
from devenv.model.finding import Finding, ok
from devenv.operations.doctor_asking import Asking
from devenv.plan.diagnosis.disks import DiskFacts, diagnose_disk, diagnose_together
from devenv.plan.diagnosis.folders import (
    FolderFacts,
    diagnose_folders,
    diagnose_leftovers,
)
from devenv.store.layout import SCRATCH_PREFIX, TRASH_PREFIX, Layout
from devenv.store.leases import is_token_living
from devenv.store.trash import is_dead_scratch

_SECOND_NS = 1_000_000_000
_ENOUGH = 3
_PART_SUFFIX = ".part"


def look_at_folders(asking: Asking) -> Iterator[Finding]:
    """Yield whose devenv's folders are, and what is directly in them."""
    foreign, open_to_others, unwritable = [], [], []
    own = os.geteuid()
    for path in _own_places(asking):
        found = path.lstat()
        if found.st_uid != own:
            foreign.append(str(path))
        elif stat.S_ISDIR(found.st_mode):
            if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                open_to_others.append(str(path))
            if not found.st_mode & stat.S_IWUSR and not _is_store_path(path):
                unwritable.append(str(path))
    yield from diagnose_folders(
        FolderFacts(
            foreign=foreign, open_to_others=open_to_others, unwritable=unwritable
        )
    )


def look_at_disks(asking: Asking) -> Iterator[Finding]:
    """Yield what holds the store and the downloads."""
    store = _disk("store", asking.directories.store)
    cache = _disk("cache", asking.directories.cache)
    yield from diagnose_disk(store, holds_programs=True)
    if cache.device != store.device:
        yield from diagnose_disk(cache, holds_programs=False)
    yield diagnose_together(store, cache)


def look_at_store(asking: Asking) -> Iterator[Finding]:
    """Yield how many paths the store has; opening it may fail."""
    with asking.open_doors().store as store:
        count = len(store.infos())
    yield ok("store", f"{count} paths", str(asking.directories.store))


def look_at_leftovers(asking: Asking) -> Iterator[Finding]:
    """Yield what interrupted work has left."""
    layout = Layout(store=asking.directories.store)
    names = _names(layout.store)
    leases = _names(layout.leases)
    yield diagnose_leftovers(
        {
            "unfinished paths": sum(
                is_dead_scratch(name, is_alive=partial(is_token_living, layout))
                for name in names
            ),
            "removed paths": sum(name.startswith(TRASH_PREFIX) for name in names),
            "sessions that ended": sum(
                not is_token_living(layout, token) for token in leases
            ),
            "half downloads": _count_parts(asking.directories.cache),
        }
    )


def _own_places(asking: Asking) -> Iterator[Path]:
    """Yield the folders that are there, and what is directly in them, and in those."""
    directories = asking.directories
    for folder in (
        directories.store,
        directories.state,
        directories.cache,
        directories.config,
    ):
        if os.path.lexists(folder):
            yield folder
            with suppress(OSError):
                yield from (folder / name for name in sorted(names_in(folder)))


def _is_store_path(path: Path) -> bool:
    # A store path and what becomes or was one may not be written: so it should be.
    prefixes = (SCRATCH_PREFIX, TRASH_PREFIX)
    return not path.name.startswith(".") or path.name.startswith(prefixes)


def _disk(name: str, folder: Path) -> DiskFacts:
    found = file_system_of(folder)
    return DiskFacts(
        name=name,
        folder=str(folder),
        device=found.device,
        kind=found.kind,
        free_bytes=found.free_bytes,
        free_inodes=found.free_inodes,
        is_read_only=found.is_read_only,
        is_without_programs=found.is_without_programs,
        ignores_case=_ignores_case(folder),
        counts_seconds=_counts_seconds(folder),
    )


def _ignores_case(folder: Path) -> bool:
    """Tell whether a name of ours is there in capitals, too; nothing is written."""
    with suppress(OSError):
        return (folder / ".LOCKS").samefile(folder / ".locks")
    return False


def _counts_seconds(folder: Path) -> bool:
    """Tell whether no time of ours has a part of a second."""
    with suppress(OSError):
        names = [name for name in names_in(folder) if name.startswith(".")]
        times = [(folder / name).lstat().st_mtime_ns for name in names]
        return len(times) >= _ENOUGH and not any(time % _SECOND_NS for time in times)
    return False


def _count_parts(cache: Path) -> int:
    count = 0
    for _, _, names in os.walk(cache):
        count += sum(name.endswith(_PART_SUFFIX) for name in names)
    return count


def _names(folder: Path) -> list[str]:
    try:
        return names_in(folder)
    except OSError:
        return []
