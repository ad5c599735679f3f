"""Starting a Python without a tree: from which packages, and when not."""

from pathlib import Path

import pytest

from devenv.build.bytecode import Interpreter
from devenv.build.early_start import EarlyStart, early_start
from devenv.model.facts import ElfFact, FileFact, PackageFacts
from devenv.model.systems import X86_64_LINUX

LIB = f"usr/lib/{X86_64_LINUX.triplet}"
PROGRAM = "usr/bin/python3.13"
INTERPRETER = Interpreter(version="3.13", package="python", program=PROGRAM)


def elf(path: str, soname: str | None, *needed: str) -> ElfFact:
    return ElfFact(
        path=path,
        machine=X86_64_LINUX.elf_machine,
        is_64_bit_little_endian=True,
        is_dynamic=True,
        interpreter=None,
        soname=soname,
        needed=needed,
        run_paths=(),
    )


def package(
    name: str, *elf_files: ElfFact, files: tuple[str, ...] = ()
) -> PackageFacts:
    return PackageFacts(
        name=name,
        version="1",
        directories=(),
        files=tuple(
            FileFact(path=path, is_executable=False, size=0, sha256="", mtime_seconds=0)
            for path in files
        ),
        links=(),
        elf_files=elf_files,
        texts=(),
        postinst="",
    )


C_LIBRARY = package("libc6", elf(f"{LIB}/libc.so.6", "libc.so.6", X86_64_LINUX.loader))
PYTHON = package("python", elf(PROGRAM, None, "libz.so.1", "libc.so.6"))
MODULES = package("modules", files=("usr/lib/python3.13/os.py",))
ZLIB = package("zlib", elf(f"{LIB}/deep/libz.so.1.3", "libz.so.1", "libc.so.6"))


def found(*packages: PackageFacts) -> EarlyStart | None:
    named = {facts.name: facts for facts in packages}
    return early_start(named, INTERPRETER, X86_64_LINUX)


def test_libraries_are_looked_for_where_their_packages_have_them() -> None:
    start = found(C_LIBRARY, PYTHON, MODULES, ZLIB)
    assert start is not None
    assert start.libraries == (("libc6", LIB), ("zlib", f"{LIB}/deep"))
    assert start.home == "modules"


def test_the_command_names_only_what_is_in_the_store() -> None:
    start = found(C_LIBRARY, PYTHON, MODULES, ZLIB)
    assert start is not None
    roots = {name: Path("/s") / name for name in ("libc6", "python", "modules", "zlib")}
    libraries = f"/s/libc6/{LIB}:/s/zlib/{LIB}/deep"
    assert start.command(roots, "/s/loader") == [
        "/s/loader",
        "--inhibit-cache",
        "--library-path",
        libraries,
        f"/s/python/{PROGRAM}",
        "-s",
        "-S",
        "-B",
    ]
    assert start.variables(roots)["PYTHONHOME"] == "/s/modules/usr"


@pytest.mark.parametrize(
    "packages",
    [
        pytest.param((C_LIBRARY, PYTHON, MODULES), id="a library of no package"),
        pytest.param((PYTHON, MODULES, ZLIB), id="no C library"),
        pytest.param((C_LIBRARY, PYTHON, ZLIB), id="no modules"),
        pytest.param(
            (C_LIBRARY, PYTHON, MODULES, ZLIB, package("twin", *ZLIB.elf_files)),
            id="a library of two packages",
        ),
        pytest.param((C_LIBRARY, package("python"), MODULES), id="no program"),
    ],
)
def test_what_the_facts_do_not_tell_waits_for_a_tree(
    packages: tuple[PackageFacts, ...],
) -> None:
    assert found(*packages) is None
