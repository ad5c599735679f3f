"""The folder for LD_LIBRARY_PATH: what this machine lacks, under its SONAME."""

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from devenv.errors import LibrariesError
from devenv.host.downloads import download_path
from devenv.host.files import names_in
from devenv.host.http import Download, Fetcher
from devenv.host.shared_libraries import HostLibraries
from devenv.model.lock import LockedLibraries, LockedPackage
from devenv.model.store_path import PathKind, StorePath
from devenv.operations.doors import Doors
from devenv.operations.realise_libraries import realise_libraries
from tests.fixtures.archive import Package
from tests.fixtures.clock import FakeClock
from tests.fixtures.deb import Symlink
from tests.fixtures.elf_tree import (
    compile_program,
    make_tree,
    need_compiler,
    this_system,
)
from tests.fixtures.quiet_doors import quiet_doors
from tests.fixtures.shared_libraries import make_library

FOLDER = f"usr/lib/{this_system().triplet}"
PART_1 = "PART_1 { global: part; };"
PART_2 = f"{PART_1} PART_2 {{ global: more; }} PART_1;"
PART_TEXT = "int part(void) { return 40; } int more(void) { return 2; }"


@dataclass(frozen=True)
class Made:
    """Libraries that a compiler made: ours, and older ones of a machine."""

    top: Path
    part: Path
    old_part: Path
    other_part: Path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    need_compiler()
    folder = tmp_path_factory.mktemp("made")
    soname = "libpart.so.2"
    part = make_library(
        folder / "libpart.so.2.1", PART_TEXT, soname=soname, versions=PART_2
    )
    top = "int part(void); int more(void); int top(void) { return part() + more(); }"
    old = "int part(void) { return 1; }"
    other = "int part(void) { return 1; } int vendor(void) { return 1; }"
    return Made(
        top=make_library(
            folder / "libtop.so.1.5", top, soname="libtop.so.1", needs=[part]
        ),
        part=part,
        old_part=make_library(
            folder / "old" / soname, old, soname=soname, versions=PART_1
        ),
        other_part=make_library(
            folder / "other" / soname,
            other,
            soname=soname,
            versions="PART_1 { global: part; vendor; };",
        ),
    )


def packages(made: Made) -> list[Package]:
    def package(name: str, file: Path, soname: str) -> Package:
        return Package(
            name=name,
            version="1.0-1",
            architecture=this_system().debian_architecture,
            files={
                f"{FOLDER}/{file.name}": file.read_bytes(),
                f"{FOLDER}/{soname}": Symlink(file.name),
                f"usr/share/doc/{name}/copyright": b"free",
            },
        )

    return [
        package("libtop1", made.top, "libtop.so.1"),
        package("libpart2", made.part, "libpart.so.2"),
        Package(name="libold1", version="1", architecture="all"),
        Package(
            name="libempty1",
            version="1",
            architecture="all",
            files={"usr/share/empty/data": b"nothing to load"},
        ),
    ]


NEEDS = {"libtop1": ("libhuge1", "libpart2"), "libold1": ("libtop1",)}
HUGE = LockedPackage(
    input="stable",
    name="libhuge1",
    version="1",
    architecture=this_system().debian_architecture,
    pocket="stable",
    location="pool/main/libh/libhuge1.deb",
    sha256="f" * 64,
    size=1,
    unpacked_kib=1,
)
"""A package that no server has, and that no library needs."""


def locked(made: Made, *requested: str) -> LockedLibraries:
    return LockedLibraries(
        input="stable",
        c_library="2.31",
        requirements={name: name for name in requested},
        packages=(
            HUGE,
            *(_row(package) for package in packages(made)),
        ),
    )


def _row(package: Package) -> LockedPackage:
    deb = package.deb
    return LockedPackage(
        input="stable",
        name=package.name,
        version=package.version,
        architecture=package.architecture,
        pocket="stable",
        location=package.filename("main"),
        sha256=hashlib.sha256(deb).hexdigest(),
        size=len(deb),
        unpacked_kib=100,
        needs=NEEDS.get(package.name, ()),
    )


@pytest.fixture
def doors(env: dict[str, str], clock: FakeClock, fetcher: Fetcher) -> Iterator[Doors]:
    with quiet_doors(env, clock, fetcher) as doors:
        yield doors


Realise = Callable[..., StorePath | None]


@pytest.fixture
def realise(doors: Doors, made: Made) -> Realise:
    """Return what realises `libraries`, with every archive downloaded already."""
    for package in packages(made):
        deb = package.deb
        place = download_path(doors.directories.cache, hashlib.sha256(deb).hexdigest())
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(deb)

    def downloads(rows: Sequence[LockedPackage]) -> list[Download]:
        return [
            Download(
                urls=("http://127.0.0.1:1/nowhere",),
                target=download_path(doors.directories.cache, row.sha256),
                sha256=row.sha256,
                size=row.size,
                max_size=row.size,
                label=row.name,
            )
            for row in rows
        ]

    def realise(host: HostLibraries, *requested: str) -> StorePath | None:
        with doors.store.session() as session:
            wanted = locked(made, *requested)
            return realise_libraries(doors, session, wanted, downloads, host)

    return realise


def machine(root: Path, *libraries: Path, c_library: bool = True) -> HostLibraries:
    """Return a machine with its real C library, and just these libraries more."""
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    if c_library:
        for name in ("libc.so.6", "libm.so.6", this_system().loader):
            real = Path("/lib") / this_system().triplet / name
            (folder / name).symlink_to(real)
    for library in libraries:
        (folder / library.name).symlink_to(library)
    return HostLibraries(this_system(), root)


def loads(soname: str, folder: Path | None) -> bool:
    """Tell whether a program of this machine can load a library."""
    env = {"LD_LIBRARY_PATH": str(folder)} if folder else {}
    text = f"import ctypes; print(ctypes.CDLL({soname!r}).top())"
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, check=False, env=env
    )
    assert done.returncode == 0 or b"cannot open shared object" in done.stderr
    return done.stdout == b"42\n"


def test_a_program_of_the_machine_loads_what_it_could_not_before(
    doors: Doors, realise: Realise, tmp_path: Path
) -> None:
    path = realise(machine(tmp_path), "libtop1")

    assert path is not None
    assert not loads("libtop.so.1", None)
    assert loads("libtop.so.1", doors.store.path_of(path))


def test_the_folder_holds_libraries_under_their_sonames_and_nothing_else(
    doors: Doors, realise: Realise, tmp_path: Path
) -> None:
    path = realise(machine(tmp_path), "libtop1")

    assert path is not None
    folder = doors.store.path_of(path)
    assert names_in(folder) == ["libpart.so.2", "libtop.so.1"]
    for file in folder.iterdir():
        assert not file.is_symlink()
        assert file.stat().st_nlink == 2
        assert file.stat().st_mode & 0o222 == 0


def test_the_store_keeps_it_with_the_packages_it_is_made_of(
    doors: Doors, realise: Realise, tmp_path: Path
) -> None:
    path = realise(machine(tmp_path), "libtop1")

    assert path is not None
    info = doors.store.info(path)
    assert info is not None
    assert info.kind is PathKind.LIBRARIES
    assert path.base.endswith("-libpart.so.2-2-libraries")
    names = {base.split("-")[1] for base in info.references}
    assert names == {"libtop1", "libpart2"}
    assert doors.store.verify() == ()


def test_packages_that_no_library_needs_are_not_fetched(
    doors: Doors, realise: Realise, tmp_path: Path
) -> None:
    assert realise(machine(tmp_path), "libtop1") is not None

    names = {info.path.base.split("-")[1] for info in doors.store.infos()}
    assert names == {"libtop1", "libpart2", "libpart.so.2"}


def test_a_machine_that_has_all_gets_nothing(
    realise: Realise, made: Made, tmp_path: Path
) -> None:
    host = machine(tmp_path)
    (tmp_path / FOLDER / "libtop.so.1").symlink_to(made.top)

    assert realise(host, "libtop1") is None


def test_machines_with_different_needs_have_different_folders(
    doors: Doors, realise: Realise, made: Made, tmp_path: Path
) -> None:
    bare = realise(machine(tmp_path / "bare"), "libtop1")
    rich_host = machine(tmp_path / "rich")
    (tmp_path / "rich" / FOLDER / "libpart.so.2").symlink_to(made.part)
    rich = realise(rich_host, "libtop1")

    assert bare is not None
    assert rich is not None
    assert names_in(doors.store.path_of(rich)) == ["libtop.so.1"]
    assert realise(machine(tmp_path / "third"), "libtop1") == bare


def test_an_older_library_of_the_machine_is_superseded_by_all_of_it(
    doors: Doors, realise: Realise, made: Made, tmp_path: Path
) -> None:
    path = realise(machine(tmp_path, made.old_part), "libtop1")

    assert path is not None
    assert names_in(doors.store.path_of(path)) == [
        "libpart.so.2",
        "libtop.so.1",
    ]


def test_an_older_library_that_offers_more_is_a_refusal(
    realise: Realise, made: Made, tmp_path: Path
) -> None:
    with pytest.raises(LibrariesError, match=r"another libpart\.so\.2 than this"):
        realise(machine(tmp_path, made.other_part), "libtop1")


@pytest.mark.parametrize("banner", [b"", b"musl libc"], ids=["none", "musl"])
def test_a_machine_with_another_c_library_is_refused(
    realise: Realise, made: Made, tmp_path: Path, banner: bytes
) -> None:
    host = machine(tmp_path, c_library=False)
    if banner:
        fake = tmp_path / FOLDER / "libc.so.6"
        fake.write_bytes(made.part.read_bytes() + banner)

    with pytest.raises(LibrariesError, match="do not use the GNU C library"):
        realise(host, "libtop1")


def test_a_machine_with_an_older_c_library_is_refused_with_the_value_for_it(
    realise: Realise, tmp_path: Path
) -> None:
    host = machine(tmp_path, c_library=False)
    old = make_library(
        tmp_path / FOLDER / "libc.so.6",
        'const char banner[] = "GNU C Library (x) stable release version 2.1.";'
        " int puts(void) { return 0; }",
        soname="libc.so.6",
        versions="GLIBC_2.1 { global: puts; banner; };",
        options=["-nostdlib"],
    )
    assert old.exists()

    with pytest.raises(LibrariesError, match="older") as caught:
        realise(host, "libtop1")

    assert 'oldest_c_library = "2.1"' in (caught.value.hint or "")


def test_an_empty_package_means_what_it_depends_on(
    realise: Realise, tmp_path: Path
) -> None:
    old = realise(machine(tmp_path / "first"), "libold1")

    assert old is not None
    assert old == realise(machine(tmp_path / "second"), "libtop1")


def test_a_package_that_has_nothing_to_load_is_refused(
    realise: Realise, tmp_path: Path
) -> None:
    with pytest.raises(LibrariesError, match="libempty1 is in `libraries`, and has no"):
        realise(machine(tmp_path), "libempty1")


def test_programs_of_a_tree_do_not_see_it(
    doors: Doors, realise: Realise, tmp_path: Path
) -> None:
    tree = make_tree(tmp_path / "tree")
    own = make_library(
        tree.libraries / "libpart.so.2",
        "int part(void) { return 3; } int more(void) { return 4; }",
        soname="libpart.so.2",
        versions=PART_2,
    )
    text = (
        "int part(void); int more(void); int printf(const char *, ...);"
        'int main(void) { printf("%d", part() + more()); }'
    )
    program = compile_program(tmp_path / "program", text, "-xnone", str(own))
    relocated = tree.add_program("/usr/bin/program", program)
    path = realise(machine(tmp_path / "machine"), "libtop1")
    assert path is not None
    env = {"LD_LIBRARY_PATH": str(doors.store.path_of(path))}

    outputs = [
        subprocess.run([one], env=env, check=True, capture_output=True).stdout
        for one in (program, relocated)
    ]

    assert outputs == [b"42", b"7"]
