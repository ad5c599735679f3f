"""How much disk a path takes by itself; see `devenv.store.extent`.

Texts only, and no import but one: `devenv gc --dry-run` is a quick command.
"""

import os

BLOCK_BYTES = 512
"""What `st_blocks` counts in, whatever the file system's own blocks (stat(2))."""

IS_LINKING = (
    """instr(record, '"kind":"tree"') + instr(record, '"kind":"libraries"') > 0"""
)
"""Whether a path is of a kind whose files may be those of other paths, as SQL."""


def own_bytes(store: str, base: str, *, is_linking: bool) -> int:
    """Return what the disk gets back with a path of the store and its record.

    Raises:
        OSError: something cannot be looked at.
    """
    measured = measure(f"{store}/{base}", is_linking=is_linking)
    try:
        record = os.lstat(f"{store}/.records/{base}.json")
    except FileNotFoundError:
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
