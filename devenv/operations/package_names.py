"""The names of an input's packages, in files that shells complete from.

    cache/names/DEBIAN -> .DIGEST     the input by its name, a link
    cache/names/.DIGEST/r ...         see `devenv.plan.name_files`

`DIGEST` stands for the indexes that the names are of. Two projects that call
different inputs the same only move the link. What no link names goes away.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from devenv.errors import UnusableIndexError
from devenv.host.files import names_in, random_name, remove_tree
from devenv.plan.name_files import name_files

NAMES = "names"
_MODE = 0o755


def keep_names(
    cache: Path, *, input_name: str, digest: str, names: Callable[[], Iterable[str]]
) -> None:
    """Make the names of an input those of these indexes, if they are not yet.

    They appear whole or not at all. `names` is asked only if they have to be
    written. Where the cache cannot be written nothing happens: shells complete
    less then.
    """
    link = cache / NAMES / input_name
    wanted = f".{digest}"
    with suppress(OSError):
        if os.readlink(link) == wanted and link.is_dir():  # noqa: PTH115 - 5 us, not 20
            return
    with suppress(OSError, UnusableIndexError):
        link.parent.mkdir(parents=True, exist_ok=True)
        if not (link.parent / wanted).is_dir():
            _write(link.parent, wanted, name_files(names()))
        _point(link, wanted)
        _remove_unnamed(link.parent)


def _write(folder: Path, name: str, files: dict[str, str]) -> None:
    scratch = folder / random_name(".new-")
    scratch.mkdir(_MODE)
    for file, text in files.items():
        (scratch / file).write_text(text, encoding="ascii")
    with suppress(FileExistsError):
        scratch.rename(folder / name)


def _point(link: Path, target: str) -> None:
    scratch = link.with_name(random_name(".new-"))
    scratch.symlink_to(target)
    scratch.replace(link)


def _remove_unnamed(folder: Path) -> None:
    """Remove what no link names: older names, and what somebody left half-made."""
    entries = names_in(folder)
    named = {os.readlink(folder / name) for name in entries if name[0] != "."}  # noqa: PTH115
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in entries:
            if name.startswith(".") and name not in named:
                remove_tree(descriptor, name)
    finally:
        os.close(descriptor)
