"""The doctor looks at what LD_LIBRARY_PATH does to programs of the machine."""

import subprocess
from pathlib import Path

import pytest

from devenv.errors import LibrariesError
from devenv.operations.check_library_path import check_library_path
from tests.fixtures.elf_tree import compile_program, need_compiler, this_system
from tests.fixtures.shared_libraries import make_library

OLD = "PART_1 { global: part; };"
NEW = f"{OLD} PART_2 {{ global: more; }} PART_1;"
TEXT = "int part(void) { return 1; } int more(void) { return 2; }"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Return a machine with a library and a program that needs its newer version."""
    need_compiler()
    triplet = this_system().triplet
    folder = tmp_path / "usr/lib" / triplet
    part = make_library(
        folder / "libpart.so.2", TEXT, soname="libpart.so.2", versions=NEW
    )
    (folder / "libc.so.6").symlink_to(f"/lib/{triplet}/libc.so.6")
    text = "int more(void); int main(void) { return more(); }"
    compile_program(tmp_path / "bin/tool", text, "-xnone", str(part))
    (tmp_path / "bin/script").write_text("#!/bin/sh\n")
    (tmp_path / "bin/script").chmod(0o755)
    return tmp_path


def library(folder: Path, versions: str) -> Path:
    make_library(
        folder / "libpart.so.2", TEXT, soname="libpart.so.2", versions=versions
    )
    return folder


def check(machine: Path, *folders: Path, store: str = "/nowhere") -> str:
    env = {
        "LD_LIBRARY_PATH": ":".join(map(str, folders)),
        "PATH": f"{machine}/bin:{machine}/gone",
    }
    return check_library_path(env, this_system(), store=Path(store), root=machine)


def runs(machine: Path, folder: Path) -> bool:
    done = subprocess.run(
        [machine / "bin/tool"],
        env={"LD_LIBRARY_PATH": str(folder)},
        check=False,
        capture_output=True,
    )
    return done.returncode == 2


def test_a_library_that_is_new_enough_breaks_nothing(
    machine: Path, tmp_path: Path
) -> None:
    folder = library(tmp_path / "front", NEW)

    assert check(machine, folder) == "breaks none of the 1 programs on PATH"
    assert runs(machine, folder)


def test_a_library_that_is_too_old_is_named_with_what_it_breaks(
    machine: Path, tmp_path: Path
) -> None:
    folder = library(tmp_path / "front", OLD)

    with pytest.raises(LibrariesError) as caught:
        check(machine, tmp_path / "empty", folder)

    assert caught.value.what == (
        "LD_LIBRARY_PATH breaks tool: libpart.so.2 there lacks PART_2, which tool needs"
    )
    assert caught.value.where == str(folder)
    assert not runs(machine, folder)


def test_the_first_folder_that_has_it_counts(machine: Path, tmp_path: Path) -> None:
    good = library(tmp_path / "good", NEW)
    bad = library(tmp_path / "bad", OLD)

    assert "breaks none" in check(machine, good, bad)
    with pytest.raises(LibrariesError):
        check(machine, bad, good)


def test_programs_of_the_store_are_not_looked_at(machine: Path, tmp_path: Path) -> None:
    folder = library(tmp_path / "front", OLD)

    said = check(machine, folder, store=str(machine))

    assert said == "breaks none of the 0 programs on PATH"


def test_the_machines_own_folder_changes_nothing(machine: Path) -> None:
    own = machine / "usr/lib" / this_system().triplet

    assert "breaks none" in check(machine, own)


def test_another_c_library_breaks_everything(machine: Path, tmp_path: Path) -> None:
    folder = tmp_path / "front"
    folder.mkdir()
    real = Path("/lib") / this_system().triplet / "libc.so.6"
    (folder / "libc.so.6").write_bytes(real.read_bytes())

    with pytest.raises(LibrariesError, match=r"breaks tool: libc\.so\.6 there is not"):
        check(machine, folder)
