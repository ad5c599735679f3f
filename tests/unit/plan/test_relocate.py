"""Which ELF files of a package get what."""

from dataclasses import replace

import pytest

from devenv.model.facts import ElfFact, FileFact, PackageFacts
from devenv.model.systems import AARCH64_LINUX, X86_64_LINUX
from devenv.plan.relocate import (
    REDIRECT_LIBRARY,
    Relocation,
    has_relocations,
    relocations,
)

PROGRAM = ElfFact(
    path="usr/bin/tool",
    machine=X86_64_LINUX.elf_machine,
    is_64_bit_little_endian=True,
    is_dynamic=True,
    interpreter="/lib64/ld-linux-x86-64.so.2",
    soname=None,
    needed=("libc.so.6",),
    run_paths=(),
)
LIBRARY = replace(
    PROGRAM,
    path="usr/lib/x86_64-linux-gnu/libx.so.1",
    interpreter=None,
    soname="libx.so.1",
)


def package(
    *elf_files: ElfFact, name: str = "tool", is_executable: bool = True
) -> PackageFacts:
    files = [
        FileFact(
            path=elf.path,
            is_executable=is_executable,
            size=1,
            sha256="0" * 64,
            mtime_seconds=0,
        )
        for elf in elf_files
    ]
    return PackageFacts(
        name=name,
        version="1",
        directories=(),
        files=tuple(files),
        links=(),
        elf_files=elf_files,
        texts=(),
        postinst="",
    )


def only(facts: PackageFacts, **options: frozenset[str]) -> Relocation:
    (found,) = relocations(facts, X86_64_LINUX, **options)
    assert has_relocations(facts, X86_64_LINUX)
    return found


@pytest.mark.parametrize(
    ("path", "usr"),
    [
        ("usr/bin/tool", ".."),
        ("usr/lib/git-core/tool", "../.."),
        ("usr/lib/x86_64-linux-gnu/a/b/tool", "../../../.."),
        ("opt/tool/bin/tool", "../../../usr"),
        ("usr/tool", "."),
        ("tool", "usr"),
    ],
)
def test_a_program_finds_the_tree_from_where_it_is(path: str, usr: str) -> None:
    found = only(package(replace(PROGRAM, path=path)))

    origin = f"$ORIGIN/{usr}/lib"
    assert found.run_path == f"{origin}/x86_64-linux-gnu:{origin}"
    assert found.is_program


def test_the_folder_of_libraries_is_named_after_the_system() -> None:
    elf = replace(
        PROGRAM,
        machine=AARCH64_LINUX.elf_machine,
        interpreter="/lib/ld-linux-aarch64.so.1",
    )

    (found,) = relocations(package(elf), AARCH64_LINUX)
    assert found.run_path == "$ORIGIN/../lib/aarch64-linux-gnu:$ORIGIN/../lib"


@pytest.mark.parametrize(
    ("changes", "package_name", "redirects"),
    [
        pytest.param({}, "tool", True, id="a program"),
        pytest.param({}, "coreutils", False, id="of a package that is left out"),
        pytest.param({"soname": "libx.so"}, "tool", False, id="an executable library"),
        pytest.param({"needed": ()}, "tool", False, id="without any library"),
    ],
)
def test_programs_are_redirected_but_for(
    changes: dict[str, object], package_name: str, *, redirects: bool
) -> None:
    elf = replace(PROGRAM, **changes)  # type: ignore[arg-type]
    found = only(
        package(elf, name=package_name), without_redirection=frozenset({"coreutils"})
    )

    assert found.add_needed == ((REDIRECT_LIBRARY,) if redirects else ())


@pytest.mark.parametrize(
    ("own", "mapped"),
    [
        pytest.param("$ORIGIN/../lib/x", "$ORIGIN/../lib/x", id="relative to itself"),
        pytest.param("${ORIGIN}/x", "${ORIGIN}/x", id="relative, in braces"),
        pytest.param("/usr/lib/x", "$ORIGIN/../lib/x", id="absolute"),
        pytest.param("/lib/x", "$ORIGIN/../lib/x", id="absolute, before merged /usr"),
        pytest.param("/opt/x", "$ORIGIN/../../opt/x", id="in /opt"),
        pytest.param("/usr//lib/../lib/x/", "$ORIGIN/../lib/x", id="oddly spelled"),
        pytest.param("/usr/lib/x:/usr/lib/x", "$ORIGIN/../lib/x", id="named twice"),
        pytest.param("/usr/a:/usr/b", "$ORIGIN/../a:$ORIGIN/../b", id="two, in order"),
        pytest.param("/build/x/.libs", "", id="of the machine that built it"),
        pytest.param("/usr/local/lib", "", id="never in a package"),
        pytest.param("lib::.", "", id="relative to the current directory"),
    ],
)
def test_an_own_run_path_comes_first_as_the_tree_sees_it(own: str, mapped: str) -> None:
    found = only(package(replace(PROGRAM, run_paths=(own,))))

    tree = "$ORIGIN/../lib/x86_64-linux-gnu:$ORIGIN/../lib"
    assert found.run_path == (f"{mapped}:{tree}" if mapped else tree)


def test_a_library_with_a_run_path_gets_that_one_and_nothing_else() -> None:
    found = only(package(replace(LIBRARY, run_paths=("/usr/lib/x",))))

    assert not found.is_program
    assert found.run_path == "$ORIGIN/../x"
    assert found.add_needed == ()


@pytest.mark.parametrize(
    "elf",
    [
        pytest.param(LIBRARY, id="a library without a run path"),
        pytest.param(replace(PROGRAM, machine=183), id="of another machine"),
        pytest.param(replace(PROGRAM, is_64_bit_little_endian=False), id="32-bit"),
        pytest.param(replace(PROGRAM, is_dynamic=False), id="not dynamic"),
        pytest.param(
            replace(PROGRAM, interpreter=None, needed=()), id="static, anywhere"
        ),
        pytest.param(
            replace(PROGRAM, interpreter="/lib/ld-musl-x86_64.so.1"),
            id="of another C library",
        ),
    ],
)
def test_everything_else_stays_as_the_archive_signed_it(elf: ElfFact) -> None:
    assert relocations(package(elf), X86_64_LINUX) == ()
    assert not has_relocations(package(elf), X86_64_LINUX)


def test_a_program_that_cannot_be_run_stays_as_it_is() -> None:
    assert relocations(package(PROGRAM, is_executable=False), X86_64_LINUX) == ()


@pytest.mark.parametrize(
    ("elf", "count"),
    [
        pytest.param(replace(LIBRARY, run_paths=("$ORIGIN",)), 0, id="its libraries"),
        pytest.param(replace(PROGRAM, soname="libc.so.6"), 0, id="itself"),
        pytest.param(PROGRAM, 1, id="but its programs are as any"),
    ],
)
def test_the_c_library_is_left_alone(elf: ElfFact, count: int) -> None:
    assert len(relocations(package(elf, name="libc6"), X86_64_LINUX)) == count


def test_every_name_of_a_file_has_its_own_entry() -> None:
    names = ("usr/bin/tool", "usr/lib/tool/tool")
    facts = package(*(replace(PROGRAM, path=name) for name in names))

    found = relocations(facts, X86_64_LINUX)
    assert [one.path for one in found] == list(names)
    assert found[0].run_path != found[1].run_path
