"""What has to be made again, and from what, when store paths are damaged."""

from collections.abc import Collection, Iterable, Mapping

from devenv.model.store_path import PathInfo, PathKind
from devenv.values import dataclass

_DERIVED = (PathKind.PATCHED, PathKind.BYTECODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairOrder:
    """Damaged paths by the way in which they are mended, in that order; names.

    `trees` maps each tree that has to be made or gone through to those of its parts,
    and itself, that are damaged. `unneeded` belong to no tree: they are garbage.
    """

    unpacked: tuple[str, ...]
    trees: Mapping[str, frozenset[str]]
    libraries: tuple[str, ...]
    unneeded: tuple[str, ...]


def repair_order(infos: Iterable[PathInfo], damaged: Collection[str]) -> RepairOrder:
    """Return how `damaged` ones of the registered paths are to be mended."""
    known = {info.path.base: info for info in infos}
    derived = {base for base in damaged if known[base].kind in _DERIVED}
    trees = {
        base: frozenset(derived.intersection(info.references))
        | ({base} if base in damaged else frozenset())
        for base, info in sorted(known.items())
        if info.kind is PathKind.TREE
    }
    trees = {base: parts for base, parts in trees.items() if parts}
    mended = frozenset().union(*trees.values())
    return RepairOrder(
        unpacked=_of_kind(known, damaged, PathKind.UNPACKED),
        trees=trees,
        libraries=_of_kind(known, damaged, PathKind.LIBRARIES),
        unneeded=tuple(sorted(derived - mended)),
    )


def _of_kind(
    known: Mapping[str, PathInfo], damaged: Collection[str], kind: PathKind
) -> tuple[str, ...]:
    return tuple(base for base in sorted(damaged) if known[base].kind is kind)
