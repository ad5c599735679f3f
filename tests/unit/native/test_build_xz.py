"""The committed decoders are what the source builds, and load everywhere."""

import re
from pathlib import Path

import pytest

from devenv.formats.elf import read_elf
from devenv.formats.elf_image import SectionType, read_header, read_sections
from devenv.host.xz_library import XZ_LIBRARY, xz_library
from devenv.model.systems import SYSTEMS
from devenv.native.build_xz import SOURCES, UNITS, build_all

ALL = pytest.mark.parametrize("machine", SYSTEMS)


def test_the_committed_decoders_are_what_the_source_builds(tmp_path: Path) -> None:
    pytest.importorskip("ziglang", reason="the dependency group `native` is missing")

    built = build_all(tmp_path)

    assert set(built) == {Path(xz_library(machine)) for machine in SYSTEMS}
    for place, library in built.items():
        assert library == place.read_bytes()


@ALL
def test_a_decoder_is_for_its_machine_and_needs_only_the_c_library(
    machine: str,
) -> None:
    content = Path(xz_library(machine)).read_bytes()
    fact = read_elf("x", content)

    assert fact is not None
    assert fact.machine == SYSTEMS[machine].elf_machine
    assert (fact.soname, fact.needed) == (XZ_LIBRARY, ("libc.so.6",))
    kinds = {one.type for one in read_sections(content, read_header(content))}
    assert SectionType.GNU_VERSIONS_NEEDED not in kinds


@ALL
def test_a_decoder_holds_no_path_of_the_machine_that_built_it(machine: str) -> None:
    content = Path(xz_library(machine)).read_bytes()

    assert not re.findall(rb"(?:^|\0)/[a-z0-9]+/", content)
    assert re.findall(rb"\0[a-z]+\.so\.6\0", content)


def test_nothing_is_kept_that_is_not_built() -> None:
    units = {str(path.relative_to(SOURCES)) for path in SOURCES.rglob("*.c")}

    assert units == set(UNITS)
