"""The loader's cache: ours to read, on any machine and of any age."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.errors import FormatError
from devenv.formats.ld_cache import parse_ld_cache
from tests.fixtures.elf_tree import this_system
from tests.fixtures.shared_libraries import AARCH64, I386, X86_64, cache_bytes

X86_64_MACHINE = 62
AARCH64_MACHINE = 183
LIBRARIES = [("libz.so.1", "/lib/libz.so.1"), ("libGL.so.1", "/usr/lib/libGL.so.1")]


@pytest.mark.parametrize("is_old", [False, True], ids=["new", "before glibc 2.32"])
def test_every_library_is_found_under_its_soname(*, is_old: bool) -> None:
    found = parse_ld_cache(
        cache_bytes(LIBRARIES, is_old=is_old), machine=X86_64_MACHINE
    )

    assert found == {name: (path,) for name, path in LIBRARIES}


@pytest.mark.parametrize(
    ("flags", "machine", "is_seen"),
    [
        (X86_64, X86_64_MACHINE, True),
        (AARCH64, AARCH64_MACHINE, True),
        (I386, X86_64_MACHINE, False),
        (AARCH64, X86_64_MACHINE, False),
        (X86_64, AARCH64_MACHINE, False),
        (X86_64, 21, False),
    ],
)
def test_only_libraries_of_the_machine_count(
    flags: int, machine: int, *, is_seen: bool
) -> None:
    found = parse_ld_cache(cache_bytes(LIBRARIES, flags=flags), machine=machine)

    assert bool(found) == is_seen


def test_what_needs_a_certain_processor_comes_last() -> None:
    fast = "/lib/glibc-hwcaps/x86-64-v4/libz.so.1"
    plain = "/lib/libz.so.1"
    content = cache_bytes(
        [("libz.so.1", fast), ("libz.so.1", plain)], capabilities={fast: 1 << 62}
    )

    found = parse_ld_cache(content, machine=X86_64_MACHINE)

    assert found["libz.so.1"] == (plain, fast)


def test_it_says_what_ldconfig_says() -> None:
    cache = Path("/etc/ld.so.cache")
    ldconfig = shutil.which("ldconfig", path="/usr/sbin:/sbin:/usr/bin")
    if ldconfig is None or not cache.exists():
        pytest.skip("this machine has no ldconfig")
    done = subprocess.run(
        [ldconfig, "-p"], check=True, capture_output=True, text=True, env={"LANG": "C"}
    )
    word = {X86_64_MACHINE: "x86-64", AARCH64_MACHINE: "AArch64"}
    machine = this_system().elf_machine
    said = {
        (line.split()[0], line.partition(" => ")[2])
        for line in done.stdout.splitlines()
        if " => " in line and f"(libc6,{word[machine]}" in line
    }

    found = parse_ld_cache(cache.read_bytes(), machine=machine)

    assert {(name, path) for name, paths in found.items() for path in paths} == said


@given(st.data())
def test_a_damaged_cache_is_a_complaint_and_nothing_else(data: st.DataObject) -> None:
    content = bytearray(cache_bytes(LIBRARIES, is_old=data.draw(st.booleans())))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    try:
        parse_ld_cache(bytes(content[:cut]), machine=X86_64_MACHINE)
    except FormatError as error:
        assert error.what  # noqa: PT017 - either answer will do
