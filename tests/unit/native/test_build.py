"""The committed libraries are what the source builds, and serve every tree."""

import re
from pathlib import Path

import pytest

from devenv.build.redirect_library import (
    REDIRECT_LIBRARY,
    library_bytes,
    library_digest,
)
from devenv.formats.elf import read_elf
from devenv.formats.elf_image import (
    SectionType,
    SegmentType,
    read_header,
    read_sections,
    read_segments,
)
from devenv.model.systems import SYSTEMS, System
from devenv.native.build import build_all, committed

RELOCATIONS = 4
"""SHT_RELA"""

ALL = pytest.mark.parametrize("system", SYSTEMS.values(), ids=lambda one: one.name)


def test_the_committed_libraries_are_what_the_source_builds(tmp_path: Path) -> None:
    pytest.importorskip("ziglang", reason="the dependency group `native` is missing")

    built = build_all(tmp_path)

    assert set(built) == set(SYSTEMS.values())
    for system, library in built.items():
        assert library == committed(system).read_bytes()


@ALL
def test_a_library_is_for_its_system_and_needs_only_the_c_library(
    system: System,
) -> None:
    fact = read_elf("x", library_bytes(system))

    assert fact is not None
    assert fact.machine == system.elf_machine
    assert fact.soname == REDIRECT_LIBRARY
    assert fact.needed == ("libc.so.6",)
    assert fact.run_paths == ()


@ALL
def test_a_library_asks_for_no_version_of_the_c_library(system: System) -> None:
    content = library_bytes(system)

    kinds = {one.type for one in read_sections(content, read_header(content))}
    assert SectionType.GNU_VERSIONS_NEEDED not in kinds
    assert SectionType.DYNAMIC_SYMBOLS in kinds


@ALL
def test_a_library_is_quickly_loaded(system: System) -> None:
    content = library_bytes(system)

    segments = read_segments(content, read_header(content))
    assert sum(one.type == SegmentType.LOAD for one in segments) == 2
    # Names of the C library, and the function that runs before main.
    relocations = [
        one.size // one.entry_size
        for one in read_sections(content, read_header(content))
        if one.type == RELOCATIONS
    ]
    assert 0 < sum(relocations) <= 20


@ALL
def test_a_library_holds_no_path_of_the_machine_that_built_it(system: System) -> None:
    paths = re.findall(rb"(?:^|\0)/([a-z0-9]+)", library_bytes(system))

    known = "bin etc lib lib64 opt sbin usr var"
    assert paths
    assert {path.decode() for path in paths} <= set(known.split())


def test_the_digest_tells_the_systems_apart() -> None:
    digests = {library_digest(system) for system in SYSTEMS.values()}

    assert len(digests) == len(SYSTEMS)
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in digests)
