"""How much disk a path takes by itself; see `devenv.store.extent`.

Texts only, and no import but one: `devenv gc --dry-run` is a quick command.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BLOCK_BYTES = 512
"""What `st_blocks` counts in, whatever the file system's own blocks (stat(2))."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC

LINKING_KINDS = ("tree", "libraries")
"""The kinds of path whose files may be those of other paths."""

IS_LINKING = " + ".join(
    f"""instr(record, '"kind":"{kind}"')""" for kind in LINKING_KINDS
)
"""Whether a path is of such a kind, as SQL: zero or not."""


def own_bytes_of_each(
    store: str, wanted: "Sequence[tuple[str, bool]]"
) -> "Iterator[int | None]":
    """Yield what the disk gets back with each path of the store and its record.

    Args:
        store: the store's folder.
        wanted: base names, each with whether the path is linking, see `measure`.

    None stands for a path that cannot be looked at.
    """
    from devenv.host.measure_trees import measure_trees  # noqa: PLC0415 - seldom needed

    folder = os.open(store, _FOLDER)
    records = os.open(f"{store}/.records", _FOLDER)
    try:
        found = zip(
            wanted,
            measure_trees(folder, wanted),
            measure_trees(records, [(f"{base}.json", True) for base, _ in wanted]),
            strict=True,
        )
        for (base, is_linking), tree, record in found:
            if tree is not None and record is not None:
                yield tree + record
            else:
                yield _own_bytes(store, base, is_linking=is_linking)
    finally:
        os.close(records)
        os.close(folder)


def _own_bytes(store: str, base: str, *, is_linking: bool) -> int | None:
    try:
        measured = measure(f"{store}/{base}", is_linking=is_linking)
    except OSError:
        return None
    try:
        record = os.lstat(f"{store}/.records/{base}.json")
    except OSError:
        return measured
    return measured + (record.st_blocks * BLOCK_BYTES if record.st_nlink == 1 else 0)


def measure(path: str, *, is_linking: bool) -> int:
    """Return the bytes that the files and folders of `path` take on the disk.

    Files that have names elsewhere count only if not `is_linking`.

    Raises:
        OSError: something cannot be looked at.
    """
    blocks = os.lstat(path).st_blocks
    names: dict[int, int] = {}
    several: dict[int, tuple[int, int]] = {}
    waiting = [path]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                found = entry.stat(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                    blocks += found.st_blocks
                elif found.st_nlink == 1:
                    blocks += found.st_blocks
                else:
                    names[found.st_ino] = names.get(found.st_ino, 0) + 1
                    several[found.st_ino] = (found.st_nlink, found.st_blocks)
    blocks += sum(
        size
        for inode, (count, size) in several.items()
        if not is_linking or names[inode] == count
    )
    return blocks * BLOCK_BYTES
