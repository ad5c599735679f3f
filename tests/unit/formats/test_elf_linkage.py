"""What a library needs and offers, of files that a real linker made."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devenv.errors import FormatError
from devenv.formats.elf_linkage import read_linkage, read_symbols
from tests.fixtures.elf_tree import need_compiler
from tests.fixtures.shared_libraries import make_library


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a library with two versions."""
    need_compiler()
    return make_library(
        tmp_path_factory.mktemp("base") / "libbase.so.1",
        "int first(void) { return 1; } int second(void) { return 2; }",
        soname="libbase.so.1",
        versions="BASE_1 { global: first; local: *; };"
        " BASE_2 { global: second; } BASE_1;",
    )


@pytest.fixture(scope="module")
def user(base: Path) -> Path:
    """Return a library that needs one of them."""
    return make_library(
        base.parent / "libuser.so.3",
        "int second(void); int optional(void) __attribute__((weak));"
        "int use(void) { return second() + (optional ? optional() : 0); }",
        soname="libuser.so.3",
        needs=[base],
    )


def test_versions_that_a_library_defines_are_told(base: Path) -> None:
    linkage = read_linkage(base.read_bytes())

    assert linkage.soname == "libbase.so.1"
    assert linkage.versions == {"BASE_1", "BASE_2"}


def test_needs_are_told_with_their_versions(user: Path) -> None:
    linkage = read_linkage(user.read_bytes())

    assert linkage.needed[0] == "libbase.so.1"
    assert linkage.version_needs["libbase.so.1"] == {"BASE_2"}
    assert linkage.versions == frozenset()


def test_weak_symbols_are_not_looked_for(user: Path) -> None:
    symbols = read_symbols(user.read_bytes())

    assert symbols is not None
    assert "second" in symbols.undefined
    assert "optional" not in symbols.undefined
    assert "use" in symbols.defined


def test_a_file_without_a_dynamic_section_needs_nothing(tmp_path: Path) -> None:
    need_compiler()
    place = make_library(
        tmp_path / "program",
        "void _start(void) { for (;;); }",
        options=("-static", "-no-pie", "-nostdlib"),
    )

    linkage = read_linkage(place.read_bytes())

    assert linkage.soname is None
    assert linkage.needed == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_a_complaint_and_nothing_else(
    user: Path, data: st.DataObject
) -> None:
    content = bytearray(user.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, 0x800) | st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(0, len(content)))]
    for read in (read_linkage, read_symbols):
        try:
            read(content)
        except FormatError as error:
            assert error.what  # noqa: PT017 - either answer will do
