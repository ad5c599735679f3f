"""Store paths as people name them: by name, by place, or by a file in one."""

import os
from collections.abc import Collection, Iterable
from functools import partial

from devenv.errors import StoreError, UsageError
from devenv.formats.keeper_text import keeper_text
from devenv.model.store_path import StorePath
from devenv.operations.doors import Doors
from devenv.store.delete_paths import Alive, AliveError, delete_paths
from devenv.store.discard import Removed
from devenv.store.layout import is_store_path_name

_MOST_TOLD = 3


def named_paths(doors: Doors, texts: Iterable[str]) -> list[StorePath]:
    """Return the store paths that are meant, each once, in the order given.

    A text is the name of a store path, its absolute path, or that of a file in it
    or of a link that leads to it.

    Raises:
        UsageError: it is none of these.
    """
    return list(dict.fromkeys(_named_path(doors, text) for text in texts))


def delete_named(doors: Doors, paths: Collection[StorePath]) -> Removed:
    """Delete exactly these store paths, or none.

    Raises:
        StoreError: one lives, and it says why; or it is not valid.
    """
    names = {path.base for path in paths}
    for path in paths:
        if doors.store.info(path) is None:
            raise StoreError("this store path is not valid", where=path.base)
    try:
        return doors.store.change(partial(delete_paths, bases=names))
    except AliveError as error:
        told = [f"{short(one.base)} is needed: {reason(one)}" for one in error.alive]
        left = len(told) - _MOST_TOLD
        raise StoreError(
            "; ".join(told[:_MOST_TOLD]) + (f"; and {left} more" if left > 0 else ""),
            where=str(doors.store.directory),
            hint="nothing was deleted. `devenv gc` deletes whatever nothing needs",
        ) from error


def reason(alive: Alive) -> str:
    """Return why a store path lives, in words."""
    way = "".join(f"{short(base)}, which " for base in alive.chain)
    if alive.keeper is None:
        return f"{short(alive.chain[0])} refers to it (and is garbage itself)"
    through = f"{way}is kept by " if way else "by "
    return through + keeper_text(alive.keeper)


def short(base: str) -> str:
    """Return a store path's name without its digest."""
    return base.partition("-")[2]


def _named_path(doors: Doors, text: str) -> StorePath:
    if is_store_path_name(text):
        return StorePath(text)
    store = os.path.realpath(doors.store.directory)
    # Not a link in the store itself: what it leads to may be another path.
    absolute = os.path.abspath(text)  # noqa: PTH100
    for place in (absolute, os.path.realpath(text)):
        for folder in (str(doors.store.directory), store):
            if place.startswith(f"{folder}/"):
                base = place.removeprefix(f"{folder}/").partition("/")[0]
                if is_store_path_name(base):
                    return StorePath(base)
    raise UsageError(
        f"{text} is no store path",
        where=str(doors.store.directory),
        hint="give its name, its place, or a file in it",
    )
