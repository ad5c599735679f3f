"""The committed libraries are what the source builds, and need nothing else."""

import re
from pathlib import Path

import pytest

from devenv.formats.elf import read_elf
from devenv.host.files_library import FILES_LIBRARY, files_library
from devenv.model.systems import SYSTEMS
from devenv.native.build_files import SOURCES, UNITS, build_all

ALL = pytest.mark.parametrize("machine", SYSTEMS)


def test_the_committed_libraries_are_what_the_source_builds(tmp_path: Path) -> None:
    pytest.importorskip("ziglang", reason="the dependency group `native` is missing")

    built = build_all(tmp_path)

    assert set(built) == {files_library(machine) for machine in SYSTEMS}
    for place, library in built.items():
        assert library == place.read_bytes()


@ALL
def test_a_library_is_for_its_machine_and_needs_no_other(machine: str) -> None:
    fact = read_elf("x", files_library(machine).read_bytes())

    assert fact is not None
    assert fact.machine == SYSTEMS[machine].elf_machine
    assert (fact.soname, fact.needed) == (FILES_LIBRARY, ())


@ALL
def test_a_library_holds_no_path_of_the_machine_that_built_it(machine: str) -> None:
    content = files_library(machine).read_bytes()

    assert not re.findall(rb"(?:^|\0)/[a-z0-9]+/", content)
    assert FILES_LIBRARY.encode() in content


def test_nothing_is_kept_that_is_not_built() -> None:
    assert {path.name for path in SOURCES.rglob("*.c")} == set(UNITS)
