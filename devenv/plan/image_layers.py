"""How the files of an image are shared out among layers.

What a registry or a machine has already is known by a layer's digest, so a layer
should hold what changes together: a large package by itself, and small ones in a few
groups that depend on their names alone, so that one more package changes one group.
"""

from collections.abc import Mapping
from zlib import crc32

LARGE_BYTES = 4 << 20
MAX_LARGE = 10
GROUPS = 4
"""Layers of small packages; trees and what is added have others, behind these."""


def package_layers(sizes: Mapping[str, int]) -> tuple[tuple[str, ...], ...]:
    """Return the names of each layer, sorted; those of large packages come first."""
    by_size = sorted(sizes, key=lambda name: (-sizes[name], name))
    large = sorted(name for name in by_size[:MAX_LARGE] if sizes[name] >= LARGE_BYTES)
    groups: dict[int, list[str]] = {}
    for name in sorted(sizes.keys() - set(large)):
        groups.setdefault(crc32(name.encode()) % GROUPS, []).append(name)
    small = (tuple(groups[number]) for number in sorted(groups))
    return (*((name,) for name in large), *small)
