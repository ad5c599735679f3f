"""Which files of a package programs can load, and by which name."""

import pytest

from devenv.model.facts import ElfFact, LinkFact, PackageFacts
from devenv.model.systems import X86_64_LINUX
from devenv.plan.library_files import library_files

FOLDER = "usr/lib/x86_64-linux-gnu"


def elf(path: str, soname: str | None = None, *, machine: int = 62) -> ElfFact:
    return ElfFact(
        path=path,
        machine=machine,
        is_64_bit_little_endian=True,
        is_dynamic=True,
        interpreter=None,
        soname=soname,
        needed=(),
        run_paths=(),
    )


def found(*entries: ElfFact | LinkFact) -> dict[str, tuple[str, bool]]:
    facts = PackageFacts(
        name="libmade1",
        version="1",
        directories=(),
        files=(),
        links=tuple(entry for entry in entries if isinstance(entry, LinkFact)),
        elf_files=tuple(entry for entry in entries if isinstance(entry, ElfFact)),
        texts=(),
        postinst="",
    )
    files = library_files(facts, X86_64_LINUX)
    return {file.soname: (file.path, file.is_public) for file in files}


@pytest.mark.parametrize(
    "target",
    [
        "libmade.so.1.2",
        f"/{FOLDER}/libmade.so.1.2",
        "/lib/x86_64-linux-gnu/libmade.so.1.2",
        "../x86_64-linux-gnu/libmade.so.1.2",
    ],
)
def test_a_library_counts_by_the_link_that_has_its_soname(target: str) -> None:
    assert found(
        elf(f"{FOLDER}/libmade.so.1.2", "libmade.so.1"),
        LinkFact(path=f"{FOLDER}/libmade.so.1", target=target),
        LinkFact(path=f"{FOLDER}/libmade.so", target="libmade.so.1"),
    ) == {"libmade.so.1": (f"{FOLDER}/libmade.so.1.2", True)}


@pytest.mark.parametrize(
    "entry",
    [
        elf("usr/bin/program"),
        elf(f"{FOLDER}/libmade.so.1.2", "libmade.so.1"),
        elf(f"{FOLDER}/libmade.so.1", "libmade.so.1", machine=183),
        elf(f"{FOLDER}/glibc-hwcaps/x86-64-v3/libmade.so.1", "libmade.so.1"),
        LinkFact(path=f"{FOLDER}/libmade.so.1", target="/nowhere/libmade.so.1"),
        LinkFact(path=f"{FOLDER}/libmade.so.1", target="libmade.so.1"),
    ],
    ids=["program", "no link", "other machine", "processor", "dangling", "circle"],
)
def test_what_no_loader_would_find_is_left_out(entry: ElfFact | LinkFact) -> None:
    assert found(entry) == {}


def test_a_library_without_a_soname_counts_by_its_name() -> None:
    path = f"{FOLDER}/libmade-1.2.so"

    assert found(elf(path)) == {"libmade-1.2.so": (path, True)}


def test_a_folder_of_its_own_is_not_public() -> None:
    path = f"{FOLDER}/blas/libblas.so.3"

    assert found(elf(path, "libblas.so.3")) == {"libblas.so.3": (path, False)}


def test_a_public_library_wins_over_one_of_the_same_name() -> None:
    private, public = f"{FOLDER}/a/libmade.so.1", f"{FOLDER}/libmade.so.1"

    assert found(elf(private, "libmade.so.1"), elf(public, "libmade.so.1")) == {
        "libmade.so.1": (public, True)
    }
