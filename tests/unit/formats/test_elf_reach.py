"""Programs that redirection does not reach are told by what is in them."""

import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devenv.formats.elf_reach import read_reach
from devenv.model.out_of_reach import OutOfReach
from tests.fixtures.elf_tree import compile_program, need_compiler, this_system

PLAIN = "int main(void) { return 0; }"
CALLS = "#include <unistd.h>\n#include <sys/syscall.h>\n"
OWN = {
    "x86_64-linux": 'asm volatile("mov $257, %eax; xor %edi, %edi; syscall");',
    "aarch64-linux": 'asm volatile("mov x8, #56; mov x0, #0; svc #0");',
}
OTHER = {
    "x86_64-linux": 'asm volatile("mov $39, %eax; syscall");',
    "aarch64-linux": 'asm volatile("mov x8, #172; svc #0");',
}


@pytest.fixture(scope="module", autouse=True)
def compiler() -> None:
    need_compiler()


def reach(folder: Path, text: str, *options: str) -> tuple[OutOfReach, ...] | None:
    return read_reach(compile_program(folder / "program", text, *options).read_bytes())


def test_a_plain_program_is_within_reach(tmp_path: Path) -> None:
    assert reach(tmp_path, PLAIN) == ()


@pytest.mark.parametrize("option", ["-static", "-static-pie"])
def test_a_static_program_is_out_of_reach(tmp_path: Path, option: str) -> None:
    try:
        found = reach(tmp_path, PLAIN, option)
    except subprocess.CalledProcessError:
        pytest.skip(f"this compiler cannot link {option}")
    assert found is not None
    assert found[0] is OutOfReach.STATIC


@pytest.mark.parametrize("section", [".note.go.buildid", ".gopclntab"])
def test_a_program_of_go_is_told_by_its_sections(tmp_path: Path, section: str) -> None:
    text = f'asm(".section {section},\\"a\\"\\n.long 1\\n.previous");\n{PLAIN}'

    assert reach(tmp_path, text) == (OutOfReach.GO,)


def test_a_system_call_with_a_path_is_seen(tmp_path: Path) -> None:
    text = f"int main(void) {{ {OWN[this_system().name]} return 0; }}"

    assert reach(tmp_path, text) == (OutOfReach.SYSTEM_CALLS,)


def test_other_system_calls_do_not_matter(tmp_path: Path) -> None:
    text = f"int main(void) {{ {OTHER[this_system().name]} return 0; }}"

    assert reach(tmp_path, text) == ()


def test_one_small_number_in_front_of_two_bytes_proves_nothing(tmp_path: Path) -> None:
    if this_system().name != "x86_64-linux":
        pytest.skip("instructions of this processor are all of one size")
    number = "mov $2, %eax; movabs $0x050f, %rdx; "
    assert reach(tmp_path, f'int main(void) {{ asm("{number}"); return 0; }}') == ()


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ('#include <locale.h>\nF setlocale(LC_ALL, "");', OutOfReach.LOCALES),
        ('#include <iconv.h>\nF iconv_open("", "");', OutOfReach.CHARACTER_SETS),
        ('#include <pwd.h>\nF getpwnam("");', OutOfReach.NAME_SERVICES),
        ("#include <netdb.h>\nF getaddrinfo(0, 0, 0, 0);", OutOfReach.NAME_SERVICES),
        ('#include <stdlib.h>\nF system("");', OutOfReach.SHELL),
        ('#include <stdio.h>\nF popen("", "");', OutOfReach.SHELL),
        ("#include <time.h>\nF localtime(0);", OutOfReach.TIME_ZONES),
    ],
)
def test_what_the_c_library_opens_by_itself_is_told_by_who_asks_it(
    tmp_path: Path, call: str, reason: OutOfReach
) -> None:
    text = f"{call.replace('F ', 'int main(void) { (void)')} return 0; }}"

    assert reach(tmp_path, text) == (reason,)


def test_reasons_come_gravest_first(tmp_path: Path) -> None:
    text = (
        "#include <locale.h>\n#include <stdlib.h>\n"
        f'int main(void) {{ {OWN[this_system().name]} setlocale(0, ""); '
        'return system(""); }'
    )

    assert reach(tmp_path, text) == (
        OutOfReach.SYSTEM_CALLS,
        OutOfReach.LOCALES,
        OutOfReach.SHELL,
    )


def test_a_library_is_no_program(tmp_path: Path) -> None:
    assert reach(tmp_path, "int f;", "-shared", "-fPIC") is None
    assert read_reach(b"#!/bin/sh\n") is None


@pytest.mark.parametrize(
    ("machine", "code"),
    [
        (62, b"\xb8\x01\x01\x00\x00\x0f\x05\xc3"),
        (62, b"\x48\xc7\xc0\x3b\x00\x00\x00\x90\x90\x0f\x05"),
        (183, struct.pack("<III", 0x52800708, 0xD503201F, 0xD4000001)),
        (183, struct.pack("<III", 0xD2801BA8, 0xD503201F, 0xD4000001)),
    ],
)
def test_system_calls_of_both_machines_are_seen(machine: int, code: bytes) -> None:
    found = read_reach(made_program(machine, code))

    assert found == (OutOfReach.SYSTEM_CALLS, OutOfReach.STATIC)[::-1]


@pytest.mark.parametrize(
    ("machine", "code"),
    [
        (62, b"\xb8\x27\x00\x00\x00\x0f\x05\xc3"),
        (62, b"\xb8\x02\x00\x00\x00\x0f\x05\xc3"),
        (62, b"\xb8\x01\x01\x00\x00\xc3"),
        (62, b"\xb8\x01\x01\x00\x00" + b"\x90" * 40 + b"\x0f\x05"),
        (183, struct.pack("<III", 0x52800708, 0x52801588, 0xD4000001)),
        (183, b"\0\0" + struct.pack("<III", 0x52800708, 0xD503201F, 0xD4000001)),
    ],
)
def test_other_code_is_not_taken_for_one(machine: int, code: bytes) -> None:
    assert read_reach(made_program(machine, code)) == (OutOfReach.STATIC,)


def made_program(machine: int, code: bytes) -> bytes:
    """Return a static program of some code, with sections and nothing else."""
    names = b"\0.text\0.names\0"
    start = 64
    table = start + len(code) + len(names)
    header = struct.pack(
        "<16sHHIQQQIHHHHHH",
        b"\x7fELF\x02\x01\x01",
        *(2, machine, 1, 0, 0, table, 0, 64, 56, 0, 64, 3, 2),
    )
    empty = bytes(64)
    row = struct.Struct("<IIQQQQIIQQ")
    text = row.pack(1, 1, 6, 0, start, len(code), 0, 0, 4, 0)
    strings = row.pack(7, 3, 0, 0, start + len(code), len(names), 0, 0, 1, 0)
    return header + code + names + empty + text + strings


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 400), value=st.integers(0, 255), size=st.integers(0, 400))
def test_a_damaged_program_is_no_error(place: int, value: int, size: int) -> None:
    content = bytearray(made_program(62, b"\xb8\x01\x01\x00\x00\x0f\x05\xc3"))
    if place < len(content):
        content[place] = value

    for damaged in (bytes(content), bytes(content[:size])):
        assert read_reach(damaged) is None or isinstance(read_reach(damaged), tuple)
