"""A package's relocated files, as they are written."""

import hashlib
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from devenv.build.patch import MAPPED_FROM_BYTES, Patched, patch_package
from devenv.build.redirect_library import library_bytes
from devenv.errors import RelocationError
from devenv.formats.elf import read_elf
from devenv.formats.listing import EntryKind
from devenv.model.facts import ElfFact, FileFact, LinkFact, PackageFacts
from devenv.model.systems import SYSTEMS
from devenv.plan.relocate import REDIRECT_LIBRARY
from tests.fixtures.elf_tree import (
    compile_program,
    host_loader,
    need_compiler,
    this_system,
)

HELLO = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'
BIG = HELLO + f"char big[{MAPPED_FROM_BYTES}] = {{1}};\n"
MTIME = 1_234_567_890


def facts_of(root: Path, *, name: str = "tool") -> PackageFacts:
    """Return the facts of a directory, as unpacking it would."""
    files: list[FileFact] = []
    links: list[LinkFact] = []
    elf_files: list[ElfFact] = []
    first: dict[int, str] = {}
    for place in sorted(root.rglob("*")):
        path = str(place.relative_to(root))
        if place.is_symlink():
            links.append(LinkFact(path=path, target=str(place.readlink())))
        elif place.is_file():
            status = place.stat()
            original = first.setdefault(status.st_ino, path)
            content = place.read_bytes()
            files.append(
                FileFact(
                    path=path,
                    is_executable=bool(status.st_mode & stat.S_IXUSR),
                    size=status.st_size,
                    sha256=hashlib.sha256(content).hexdigest(),
                    mtime_seconds=MTIME,
                    hard_link_to=None if original == path else original,
                )
            )
            if (elf := read_elf(path, content)) is not None:
                elf_files.append(elf)
    return PackageFacts(
        name=name,
        version="1",
        directories=(),
        files=tuple(files),
        links=tuple(links),
        elf_files=tuple(elf_files),
        texts=(),
        postinst="",
    )


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    root = tmp_path / "unpacked"
    root.mkdir()
    return root


def patch(
    unpacked: Path, *, name: str = "tool", loader: str = "/nowhere/loader"
) -> tuple[Patched, Path]:
    target = unpacked.with_name("patched")
    target.mkdir()
    facts = facts_of(unpacked, name=name)
    system = this_system()
    return patch_package(facts, unpacked, target, system=system, loader=loader), target


def add_program(root: Path, path: str, *options: str, text: str = HELLO) -> Path:
    need_compiler()
    return compile_program(root / path, text, *options)


def files_in(root: Path) -> list[str]:
    return sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())


@pytest.mark.parametrize("text", [HELLO, BIG], ids=["small", "mapped"])
def test_a_program_runs_from_a_tree_with_the_stores_loader(
    unpacked: Path, tmp_path: Path, text: str
) -> None:
    program = add_program(unpacked, "usr/bin/tool", text=text)
    system = this_system()
    loader = shutil.copy(host_loader(program), tmp_path / "loader")
    patched, target = patch(unpacked, loader=str(loader))
    libraries = target / "usr/lib" / system.triplet
    libraries.mkdir(parents=True)
    (libraries / REDIRECT_LIBRARY).write_bytes(library_bytes(system))

    fact = read_elf("x", (target / "usr/bin/tool").read_bytes())
    output = subprocess.run(
        [target / "usr/bin/tool"], capture_output=True, text=True, check=True
    ).stdout

    assert output == "hello\n"
    assert fact is not None
    assert fact.interpreter == str(loader)
    assert fact.needed[0] == REDIRECT_LIBRARY
    assert patched.relocated == ("usr/bin/tool",)
    assert patched.refused == ()


def test_only_what_changes_is_written(unpacked: Path) -> None:
    add_program(unpacked, "usr/bin/tool")
    add_program(unpacked, "usr/lib/libx.so", "-shared", "-fPIC", text="int x;")
    add_program(unpacked, "usr/bin/still", "-static")
    (unpacked / "usr/bin/script").write_text("#!/bin/sh\n")

    _, target = patch(unpacked)

    assert files_in(target) == ["usr/bin/tool"]


def test_the_listing_says_what_is_on_the_disk(unpacked: Path) -> None:
    add_program(unpacked, "usr/bin/tool")
    options = ("-shared", "-fPIC", "-Wl,-rpath,/opt/x")
    library = add_program(unpacked, "usr/lib/libx.so", *options, text="int x;")
    library.chmod(0o644)

    patched, target = patch(unpacked)

    assert [entry.path for entry in patched.entries] == [
        "usr/bin/tool",
        "usr/lib/libx.so",
    ]
    for entry in patched.entries:
        place = target / entry.path
        content, status = place.read_bytes(), place.stat()
        mode = 0o555 if entry.is_executable else 0o444
        assert entry.kind is EntryKind.FILE
        assert entry.size == len(content)
        assert entry.sha256 == hashlib.sha256(content).hexdigest()
        assert stat.S_IMODE(status.st_mode) == mode
        assert status.st_mtime == entry.mtime_seconds == MTIME
    assert [entry.is_executable for entry in patched.entries] == [True, False]


def test_names_of_one_file_stay_names_of_one_file(unpacked: Path) -> None:
    first = add_program(unpacked, "usr/bin/tool")
    os.link(first, unpacked / "usr/bin/another")

    patched, target = patch(unpacked)

    another, tool = patched.entries
    assert (another.path, another.hard_link_to) == ("usr/bin/another", None)
    assert (tool.path, tool.hard_link_to) == ("usr/bin/tool", "usr/bin/another")
    assert (target / "usr/bin/tool").samefile(target / "usr/bin/another")
    assert set(patched.relocated) == {"usr/bin/tool", "usr/bin/another"}


def test_names_at_different_depths_become_two_files(unpacked: Path) -> None:
    first = add_program(unpacked, "usr/bin/tool")
    (unpacked / "usr/libexec/tool").mkdir(parents=True)
    os.link(first, unpacked / "usr/libexec/tool/tool")

    patched, target = patch(unpacked)

    paths = []
    for entry in patched.entries:
        fact = read_elf("x", (target / entry.path).read_bytes())
        assert fact is not None
        assert entry.hard_link_to is None
        paths.append(fact.run_paths[0].partition("/lib/")[0])
    assert paths == ["$ORIGIN/..", "$ORIGIN/../.."]


def test_without_a_c_library_programs_stay_as_they_are(unpacked: Path) -> None:
    add_program(unpacked, "usr/bin/tool")

    patched, target = patch(unpacked, loader="")

    assert patched == Patched(entries=(), relocated=(), refused=())
    assert files_in(target) == []


def test_what_cannot_be_relocated_is_named_with_the_reason(unpacked: Path) -> None:
    program = add_program(unpacked, "usr/bin/tool", "-s")
    content = bytearray(program.read_bytes())
    content[40:48] = bytes(8)
    content[60:64] = bytes(4)
    program.write_bytes(content)
    add_program(unpacked, "usr/bin/good")

    patched, target = patch(unpacked)

    ((path, reason),) = patched.refused
    assert path == "usr/bin/tool"
    assert "section" in reason
    assert files_in(target) == ["usr/bin/good"]


def loader_text() -> bytes:
    triplet = this_system().triplet
    names = (f"/lib/{triplet}/", f"/usr/lib/{triplet}/", "/lib/", "/usr/lib/")
    directories = b"".join(name.encode() + b"\0" for name in names)
    return b"\0" + directories + b"\0/etc/ld.so.cache\0\0/etc/ld.so.preload\0"


@pytest.mark.parametrize("target", ["ld-2.31.so", "/lib/any/ld-2.31.so", None])
def test_the_c_librarys_loader_is_a_real_file_cut_off_from_the_host(
    unpacked: Path, target: str | None
) -> None:
    system = this_system()
    libraries = unpacked / "usr/lib" / system.triplet
    libraries.mkdir(parents=True)
    name = system.loader if target is None else "ld-2.31.so"
    (libraries / name).write_bytes(loader_text())
    (libraries / name).chmod(0o755)
    if target is not None:
        (libraries / system.loader).symlink_to(target)

    patched, place = patch(unpacked, name="libc6")

    written = place / "usr/lib" / system.triplet / system.loader
    assert patched.relocated == (f"usr/lib/{system.triplet}/{system.loader}",)
    assert files_in(place) == list(patched.relocated)
    assert not written.is_symlink()
    assert stat.S_IMODE(written.stat().st_mode) == 0o555
    assert b"/etc/" not in written.read_bytes()


def test_a_c_library_without_a_loader_is_an_error(unpacked: Path) -> None:
    with pytest.raises(RelocationError, match="no dynamic loader"):
        patch(unpacked, name="libc6")


def test_a_package_for_another_system_is_left_alone(unpacked: Path) -> None:
    add_program(unpacked, "usr/bin/tool")
    target = unpacked.with_name("patched")
    target.mkdir()
    facts, here = facts_of(unpacked), this_system()
    other = next(system for system in SYSTEMS.values() if system != here)

    patched = patch_package(facts, unpacked, target, system=other, loader="/l")
    assert patched.entries == ()
