"""`libraries` of a project, from the spec to a program of the machine."""

import shutil
from pathlib import Path

import pytest

from tests.fixtures.archive import Package, SignedArchive
from tests.fixtures.deb import Symlink
from tests.fixtures.elf_tree import need_compiler, this_system
from tests.fixtures.http_server import FileServer
from tests.fixtures.oci_archive import read_image
from tests.fixtures.project_world import (
    ARCHITECTURES,
    ProjectWorld,
    for_both,
    make_project_world,
)
from tests.fixtures.shared_libraries import make_library

FOLDER = f"usr/lib/{this_system().triplet}"
VARIABLE = "LD_LIBRARY_PATH"
PYTHON = "/usr/bin/python3"
LOAD = "import ctypes; print(ctypes.CDLL('libtop.so.1').top())"
SHOW = f"import os; print(os.environ.get('{VARIABLE}'))"


def library(name: str, file: Path, soname: str, depends: str) -> list[Package]:
    return [
        Package(
            name=name,
            version="1.0-1",
            architecture=architecture,
            depends=depends,
            fields={"Section": "libs"},
            files={
                f"{FOLDER}/{file.name}": file.read_bytes(),
                f"{FOLDER}/{soname}": Symlink(file.name),
            },
        )
        for architecture in ARCHITECTURES
    ]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> list[Package]:
    """Return libraries that this machine lacks, and one that it has."""
    need_compiler()
    folder = tmp_path_factory.mktemp("libraries")
    part = make_library(
        folder / "libpart.so.2.0",
        "int part(void) { return 42; }",
        soname="libpart.so.2",
    )
    top = make_library(
        folder / "libtop.so.1.0",
        "int part(void); int top(void) { return part(); }",
        soname="libtop.so.1",
        needs=[part],
    )
    here = make_library(
        folder / "libdl-9.so", "int none(void) { return 0; }", soname="libgcc_s.so.1"
    )
    return [
        *for_both("libc6", "2.41-1", Source="glibc"),
        *library("libtop1", top, "libtop.so.1", "libpart2, libc6 (>= 2.4)"),
        *library("libpart2", part, "libpart.so.2", "libc6 (>= 2.4)"),
        *library("libgcc-s1", here, "libgcc_s.so.1", ""),
        *library("libnew1", part, "libpart.so.2", "libc6 (>= 2.40)"),
        *for_both("libtop-dev", depends="libtop1", Section="libdevel"),
    ]


@pytest.fixture
def project(
    home: Path, server: FileServer, archive: SignedArchive, packages: list[Package]
) -> ProjectWorld:
    if not shutil.which("python3", path="/usr/bin"):
        pytest.skip("this machine has no Python of its own")
    return make_project_world(home, server, archive, packages)


def test_a_program_of_the_machine_loads_a_library_of_the_project(
    project: ProjectWorld,
) -> None:
    project.write_spec(more='libraries = ["own:libtop1"]')

    first = project.run("exec", PYTHON, "-c", LOAD)
    again = project.run("exec", PYTHON, "-c", LOAD)

    assert (first.returncode, first.stdout) == (0, "42\n"), first.stderr
    assert (again.stdout, again.stderr) == ("42\n", "")
    for system in ("x86_64-linux", "aarch64-linux"):
        libraries = project.lock.systems[system].libraries
        assert libraries is not None
        assert [one.name for one in libraries.packages] == ["libpart2", "libtop1"]


def test_an_image_has_the_folder_of_libraries(project: ProjectWorld) -> None:
    project.write_spec(more='libraries = ["own:libtop1"]')

    done = project.run("export", "oci", "-o", "x.tar")

    assert "libraries has what this machine lacks" in done.stderr
    image = read_image((project.folder / "x.tar").read_bytes())
    folder = image.variables[VARIABLE][1:]
    assert image.members()[f"{folder}/libtop.so.1"].isreg()
    assert image.members()[f"{folder}/libpart.so.2"].isreg()


def test_the_users_own_folders_stay_behind_ours(project: ProjectWorld) -> None:
    project.write_spec(more='libraries = ["own:libtop1"]')

    done = project.run("exec", PYTHON, "-c", SHOW, env={VARIABLE: "/opt/mine"})

    ours, _, others = done.stdout.strip().partition(":")
    assert others == "/opt/mine"
    assert ours.endswith("-libpart.so.2-2-libraries")


@pytest.mark.parametrize(
    ("outer", "expected"), [({}, "None\n"), ({VARIABLE: "/opt/mine"}, "/opt/mine\n")]
)
def test_a_machine_that_lacks_nothing_keeps_its_variable(
    project: ProjectWorld, outer: dict[str, str], expected: str
) -> None:
    project.write_spec(more='libraries = ["own:libgcc-s1"]')

    done = project.run("exec", PYTHON, "-c", SHOW, env=outer)

    assert done.stdout == expected, done.stderr


@pytest.mark.parametrize(
    ("libraries", "words"),
    [
        (
            '["own:libnew1"]',
            ["in own libnew1 needs the C library 2.40", 'oldest_c_library = "2.40"'],
        ),
        ('["own:libtop-dev"]', ["for building against", "did you mean libtop1?"]),
        ('["own:libtop.so.1"]', ["is the name of a file", "did you mean libtop1?"]),
        ('["own:libtop"]', ["no package 'libtop'"]),
    ],
    ids=["too new", "for building", "a file", "unknown"],
)
def test_what_cannot_be_had_is_refused_with_its_place_and_what_to_do(
    project: ProjectWorld, libraries: str, words: list[str]
) -> None:
    project.write_spec(more=f"libraries = {libraries}")

    done = project.run("exec", "true")

    assert done.returncode == 1
    assert [word for word in words if word not in done.stderr] == []
    assert not project.lock_path.exists()


def test_a_newer_oldest_c_library_lets_newer_packages_in(project: ProjectWorld) -> None:
    project.write_spec(more='libraries = ["own:libnew1"]\noldest_c_library = "2.40"')

    done = project.run("build")

    assert done.returncode == 0, done.stderr
    libraries = project.lock.systems["x86_64-linux"].libraries
    assert libraries is not None
    assert libraries.c_library == "2.40"
