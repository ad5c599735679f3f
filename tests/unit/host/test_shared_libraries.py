"""What this machine's loader would find, on machines of several kinds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from devenv.host.shared_libraries import HostLibraries
from tests.fixtures.elf_tree import need_compiler, this_system
from tests.fixtures.shared_libraries import AARCH64, X86_64, cache_bytes, make_library

TRIPLET = this_system().triplet
OURS = {62: X86_64, 183: AARCH64}[this_system().elf_machine]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    need_compiler()
    place = tmp_path_factory.mktemp("made") / "libmade.so.1"
    return make_library(
        place, "int made(void) { return 1; }", soname="libmade.so.1"
    ).read_bytes()


def put(root: Path, path: str, content: bytes) -> None:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


@pytest.mark.parametrize(
    "folder",
    [f"lib/{TRIPLET}", f"usr/lib/{TRIPLET}", "lib64", "usr/lib64", "lib", "usr/lib"],
)
def test_a_library_in_a_usual_folder_is_found_without_a_cache(
    folder: str, library: bytes, tmp_path: Path
) -> None:
    put(tmp_path, f"{folder}/libmade.so.1", library)
    host = HostLibraries(this_system(), tmp_path)

    found = host.linkage("libmade.so.1")

    assert found is not None
    assert found.soname == "libmade.so.1"
    assert host.linkage("libother.so.1") is None


def test_a_library_of_the_cache_is_found_wherever_it_is(
    library: bytes, tmp_path: Path
) -> None:
    put(tmp_path, "opt/made/libmade.so.1.2", library)
    cache = cache_bytes([("libmade.so.1", "/opt/made/libmade.so.1.2")], flags=OURS)
    put(tmp_path, "etc/ld.so.cache", cache)
    host = HostLibraries(this_system(), tmp_path)

    symbols = host.symbols("libmade.so.1")

    assert symbols is not None
    assert "made" in symbols.defined
    assert host.linkage("libmade.so.1.2") is None


OTHER_MACHINE = bytes([21, 0])
WORD_SIZE_OFFSET, MACHINE_OFFSET = 4, 18


def changed(content: bytes, offset: int, by: bytes) -> bytes:
    return content[:offset] + by + content[offset + len(by) :]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: None,
        lambda _: b"",
        lambda _: b"INPUT(-lmade)\n",
        lambda content: content[:100],
        lambda content: changed(content, MACHINE_OFFSET, OTHER_MACHINE),
        lambda content: changed(content, WORD_SIZE_OFFSET, b"\1"),
    ],
    ids=["gone", "empty", "text", "cut", "other machine", "32 bits"],
)
def test_what_the_loader_would_pass_over_does_not_count(
    spoil: Callable[[bytes], bytes | None], library: bytes, tmp_path: Path
) -> None:
    content = spoil(library)
    if content is not None:
        put(tmp_path, "usr/lib/libmade.so.1", content)
    cache = cache_bytes([("libmade.so.1", "/usr/lib/libmade.so.1")], flags=OURS)
    put(tmp_path, "etc/ld.so.cache", cache)

    assert HostLibraries(this_system(), tmp_path).linkage("libmade.so.1") is None


def test_a_damaged_cache_is_as_good_as_none(library: bytes, tmp_path: Path) -> None:
    put(tmp_path, "etc/ld.so.cache", b"ld.so-1.7.0")
    put(tmp_path, "usr/lib/libmade.so.1", library)

    assert HostLibraries(this_system(), tmp_path).linkage("libmade.so.1") is not None


@pytest.mark.parametrize(
    ("content", "version"),
    [
        (b"GNU C Library (GNU libc) stable release version 2.28.\n", "2.28"),
        (b"musl", "None"),
    ],
    ids=["GNU", "another"],
)
def test_the_c_library_is_read_and_not_run(
    content: bytes, version: str, library: bytes, tmp_path: Path
) -> None:
    put(tmp_path, "usr/lib64/libc.so.6", library + content)

    assert str(HostLibraries(this_system(), tmp_path).c_library_version) == version


def test_a_machine_without_the_gnu_c_library_has_no_version(tmp_path: Path) -> None:
    assert HostLibraries(this_system(), tmp_path).c_library_version is None
