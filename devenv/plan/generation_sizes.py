"""How large generations are, from what is recorded of store paths."""

from collections.abc import Iterable

from devenv.model.store_path import PathInfo, PathKind

_MADE_OF_LINKS = (PathKind.TREE, PathKind.LIBRARIES)


def size_of_parts(closure: Iterable[PathInfo]) -> int:
    """Return the bytes of what an environment is made of.

    Trees and folders of libraries are names of the same inodes, and next to nothing
    else; so they are left out.
    """
    return sum(info.size_bytes for info in closure if info.kind not in _MADE_OF_LINKS)
