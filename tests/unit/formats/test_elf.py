"""`read_elf` against files that a real linker made, and against damaged ones."""

import mmap
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devenv.formats.elf import read_elf
from devenv.model.facts import ElfFact
from tests.unit.formats.conftest import Compile

LOADERS = ("ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1")


def read(program: Path) -> ElfFact | None:
    return read_elf("usr/bin/program", program.read_bytes())


def test_a_program_names_its_loader_and_its_libraries(compiled: Compile) -> None:
    fact = read(compiled())

    assert fact is not None
    assert (fact.path, fact.is_dynamic, fact.soname) == ("usr/bin/program", True, None)
    assert fact.interpreter is not None
    assert fact.interpreter.rpartition("/")[2] in LOADERS
    assert "libc.so.6" in fact.needed
    assert fact.run_paths == ()


@pytest.mark.parametrize("tags", ["--enable-new-dtags", "--disable-new-dtags"])
def test_a_run_path_is_found_under_its_old_and_its_new_name(
    compiled: Compile, tags: str
) -> None:
    fact = read(compiled(f"-Wl,{tags},-rpath,$ORIGIN/../lib:/opt/x"))

    assert fact is not None
    assert fact.run_paths == ("$ORIGIN/../lib:/opt/x",)


def test_a_library_has_a_soname_and_no_interpreter(compiled: Compile) -> None:
    text = "int f(void) { return 1; }"
    fact = read(compiled("-shared", "-fPIC", "-Wl,-soname,libf.so.1", text=text))

    assert fact is not None
    assert (fact.soname, fact.interpreter, fact.is_dynamic) == ("libf.so.1", None, True)


@pytest.mark.parametrize(
    ("option", "is_dynamic"), [("-static", False), ("-static-pie", True)]
)
def test_a_static_program_has_no_interpreter(
    compiled: Compile, option: str, *, is_dynamic: bool
) -> None:
    fact = read(compiled(option))

    assert fact is not None
    assert (fact.interpreter, fact.is_dynamic) == (None, is_dynamic)


def test_an_object_file_is_nothing_to_relocate(compiled: Compile) -> None:
    assert read(compiled("-c")) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"\x7fEL", b"\x7fELF", b"#!/bin/sh\n", b"\x7fELF" + bytes(60), bytes(100)],
)
def test_what_is_no_elf_file_is_nothing(content: bytes) -> None:
    assert read_elf("x", content) is None


@pytest.mark.parametrize(
    ("ident", "layout", "machine"),
    [
        pytest.param(b"\x01\x01", "<HH", 3, id="32-bit"),
        pytest.param(b"\x01\x02", ">HH", 8, id="32-bit big endian"),
        pytest.param(b"\x02\x02", ">HH", 22, id="64-bit big endian"),
    ],
)
def test_a_foreign_file_has_a_machine_and_nothing_else(
    ident: bytes, layout: str, machine: int
) -> None:
    content = b"\x7fELF" + ident + bytes(10) + struct.pack(layout, 2, machine)

    fact = read_elf("x", content)

    assert fact is not None
    assert (fact.machine, fact.is_64_bit_little_endian) == (machine, False)
    assert not fact.is_dynamic


def test_bytes_views_and_maps_are_read_alike(compiled: Compile) -> None:
    program = compiled()
    content = program.read_bytes()

    with program.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        answers = [read_elf("x", kind) for kind in (content, memoryview(content))]
        answers.append(read_elf("x", mapped))

    assert answers[0] is not None
    assert answers[1:] == [answers[0]] * 2


def test_a_cut_file_is_read_or_is_nothing(compiled: Compile) -> None:
    content = compiled().read_bytes()

    for size in (*range(0, 2000, 7), *range(2000, len(content), 499)):
        read_elf("x", content[:size])


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_damage_raises(compiled: Compile, data: st.DataObject) -> None:
    content = bytearray(compiled().read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.one_of(st.integers(0, 0x400), st.integers(0, 20000)))
        value = data.draw(st.sampled_from([0, 1, 0x7F, 0xFF, 0x10, 0x80]))
        width = data.draw(st.sampled_from([1, 2, 8]))
        if place + width <= len(content):
            content[place : place + width] = bytes([value]) * width

    fact = read_elf("x", bytes(content))

    assert fact is None or isinstance(fact, ElfFact)
