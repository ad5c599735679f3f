"""The order of versions against the real dpkg: 100,000 pairs, some two minutes."""

import random
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from devenv.formats.debian_version import sort_key
from tests.fixtures.dpkg import dpkg_order, nasty_version, seeded

PAIRS = 100_000
BATCH = 2_000

pytestmark = [pytest.mark.long, pytest.mark.timeout(1_800)]


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="dpkg is not here")
def test_100_000_pairs_are_ordered_as_dpkg_orders_them() -> None:
    pairs = _pairs(seeded(100_000))
    batches = [pairs[start : start + BATCH] for start in range(0, PAIRS, BATCH)]
    with ThreadPoolExecutor(max_workers=2) as pool:
        dpkg = [order for batch in pool.map(dpkg_order, batches) for order in batch]

    ours = [_order(one, other) for one, other in pairs]

    differences = [
        (pair, our, their)
        for pair, our, their in zip(pairs, ours, dpkg, strict=True)
        if our != their
    ]
    assert differences == []


def _pairs(source: random.Random) -> list[tuple[str, str]]:
    """Return half nasty pairs, half real neighbours, as far as there are real ones."""
    real = sorted(_versions_of_this_machine())
    source.shuffle(real)
    pairs = [*pairwise(real), *pairwise(sorted(real))][: PAIRS // 2]
    while len(pairs) < PAIRS:
        pairs.append((nasty_version(source), nasty_version(source)))
    return pairs


def _versions_of_this_machine() -> set[str]:
    """Return the versions in apt's lists, or none where there is no apt."""
    if shutil.which("apt-cache") is None:
        return set()
    listing = subprocess.run(
        ["apt-cache", "dumpavail"], capture_output=True, check=True
    )
    prefix = b"Version: "
    lines = listing.stdout.split(b"\n")
    return {line[len(prefix) :].decode() for line in lines if line.startswith(prefix)}


def _order(one: str, other: str) -> str:
    ours, theirs = sort_key(one), sort_key(other)
    if ours == theirs:
        return "="
    return "<" if ours < theirs else ">"
