"""Patched programs run, and differ from what they were only as asked."""

import os
import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devenv.errors import FormatError, RelocationError
from devenv.formats.elf import read_elf
from devenv.formats.elf_image import (
    SECTION,
    SectionType,
    SegmentType,
    read_header,
    read_sections,
    read_segments,
)
from devenv.formats.elf_overlay import ALIGN_BYTES, LEAST_BYTES
from devenv.formats.elf_patch import patch_elf, patched_pieces
from tests.unit.formats.conftest import HELLO, Compile

RUN_PATH = "$ORIGIN/../lib/some-linux-gnu:$ORIGIN/../lib"
MANY_NOTES = HELLO + "".join(
    f'__asm__(".section .note.many{i},\\"a\\",@note\\n'
    f'.long 4,4,{i}\\n.ascii \\"many\\"\\n.long {i}\\n.previous");\n'
    for i in range(6)
)
LIBRARY = "#include <stdlib.h>\nint f(void) { return abs(-1); }\n"

LAYOUTS = [
    pytest.param((), id="position independent"),
    pytest.param(("-no-pie", "-fno-pie"), id="at a fixed address"),
    pytest.param(("-s",), id="stripped"),
    pytest.param(("-g",), id="with debugging sections"),
    pytest.param(("-Wl,--spare-dynamic-tags=0",), id="no spare dynamic entry"),
    pytest.param(("-Wl,--spare-dynamic-tags=1",), id="one spare dynamic entry"),
    pytest.param(
        ("-no-pie", "-fno-pie", "-Wl,--spare-dynamic-tags=0"),
        id="no spare entry at a fixed address",
    ),
    pytest.param(
        ("-Wl,--build-id=none", "-fcf-protection=none"), id="symbol hash in the way"
    ),
    pytest.param(
        ("-Wl,--build-id=none", "-Wl,--hash-style=both"), id="both symbol hashes"
    ),
    pytest.param(("-Wl,-z,max-page-size=0x10000",), id="pages of 64 KiB"),
    pytest.param(("-Wl,-z,max-page-size=0x200000",), id="pages of 2 MiB"),
    pytest.param(("-Wl,-z,noseparate-code",), id="headers and code in one segment"),
    pytest.param(("-Wl,-rpath,/opt/x/lib",), id="a run path of its own"),
    pytest.param(("-Wl,-z,norelro",), id="no read-only relocations"),
    pytest.param(("-fuse-ld=gold",), id="linked by gold"),
]


@pytest.fixture(scope="session")
def loader(compiled: Compile) -> str:
    fact = read_elf("x", compiled().read_bytes())
    assert fact is not None
    assert fact.interpreter is not None
    return str(Path(fact.interpreter).resolve())


def readelf(program: Path, *options: str) -> str:
    command = ["readelf", "--wide", *options, str(program)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, errors="replace"
    )
    assert done.stderr == ""
    return done.stdout.replace(str(program), "FILE")


def without_places(text: str) -> str:
    return re.sub(r"(?i)(offset|addr|at offset|link):? *(0x)?[0-9a-f]+", "", text)


def section_names(program: Path) -> list[str]:
    return re.findall(
        r"^ +\[ *\d+\] (\S+)", readelf(program, "--sections"), re.MULTILINE
    )


def patched(tmp_path: Path, program: Path, **changes: object) -> Path:
    wanted: dict[str, object] = {
        "interpreter": None,
        "run_path": RUN_PATH,
        "add_needed": (),
        **changes,
    }
    place = tmp_path / "patched"
    content = patch_elf(program.read_bytes(), **wanted)  # type: ignore[arg-type]
    place.write_bytes(content)
    place.chmod(0o755)
    return place


def output_of(program: Path) -> str:
    return subprocess.run([program], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("options", LAYOUTS)
def test_a_patched_program_runs_with_what_was_asked(
    compiled: Compile, loader: str, tmp_path: Path, options: tuple[str, ...]
) -> None:
    if "-fuse-ld=gold" in options and shutil.which("ld.gold") is None:
        pytest.skip("there is no gold")
    own_loader = str(shutil.copy(loader, tmp_path / ("loader-" + "x" * 100)))
    program = compiled(*options)
    result = patched(
        tmp_path, program, interpreter=own_loader, add_needed=("libm.so.6",)
    )

    before = read_elf("x", program.read_bytes())
    fact = read_elf("x", result.read_bytes())
    assert before is not None
    assert fact is not None
    assert fact.interpreter == own_loader
    assert fact.run_paths == (RUN_PATH,)
    assert fact.needed == ("libm.so.6", *before.needed)
    assert "RUNPATH" not in readelf(result, "--dynamic")
    assert output_of(result) == "hello\n"


@pytest.mark.parametrize("options", LAYOUTS)
def test_nothing_else_changes(
    compiled: Compile, tmp_path: Path, options: tuple[str, ...]
) -> None:
    if "-fuse-ld=gold" in options and shutil.which("ld.gold") is None:
        pytest.skip("there is no gold")
    program = compiled(*options)
    result = patched(
        tmp_path, program, interpreter="/nowhere/loader", add_needed=("libm.so.6",)
    )

    readelf(result, "--all")
    assert section_names(result) == section_names(program)
    for part in ("--dyn-syms", "--relocs", "--notes", "--version-info"):
        old, new = readelf(program, part), readelf(result, part)
        assert without_places(new) == without_places(old)


@pytest.mark.parametrize("options", LAYOUTS)
def test_symbols_point_into_the_sections_they_are_defined_in(
    compiled: Compile, tmp_path: Path, options: tuple[str, ...]
) -> None:
    if "-fuse-ld=gold" in options and shutil.which("ld.gold") is None:
        pytest.skip("there is no gold")
    result = patched(tmp_path, compiled(*options), interpreter="/nowhere/loader")

    content = result.read_bytes()
    sections = read_sections(content, read_header(content))
    table = re.findall(
        r"^ +\d+: ([0-9a-f]+) +\d+ (?:OBJECT|SECTION) +\w+ +\w+ +(\d+)",
        readelf(result, "--syms"),
        re.MULTILINE,
    )
    for value, index in table:
        section = sections[int(index)]
        inside = int(value, 16) - section.address
        assert 0 <= inside <= section.size


def test_every_note_moves_with_its_segment(compiled: Compile, tmp_path: Path) -> None:
    program = compiled(text=MANY_NOTES)
    result = patched(tmp_path, program, interpreter="/nowhere/loader")

    old, new = readelf(program, "--notes"), readelf(result, "--notes")
    assert without_places(new) == without_places(old)
    assert new.count("many") == 12


@pytest.mark.parametrize(
    "options",
    [
        pytest.param((), id="as usual"),
        pytest.param(("-Wl,--spare-dynamic-tags=0",), id="no spare dynamic entry"),
        pytest.param(("-Wl,--build-id=none",), id="no build id"),
        pytest.param(("-Wl,-soname,libf.so.1", "-s"), id="stripped"),
    ],
)
def test_a_patched_library_can_be_loaded(
    compiled: Compile, tmp_path: Path, options: tuple[str, ...]
) -> None:
    library = compiled("-shared", "-fPIC", *options, text=LIBRARY)
    result = patched(tmp_path, library)

    readelf(result, "--all")
    user = compiled(
        "-ldl",
        text="#include <dlfcn.h>\n#include <stdio.h>\nint main(int c, char **v) {\n"
        "void *l = dlopen(v[1], RTLD_NOW); if (!l) return puts(dlerror());\n"
        'printf("%d", ((int (*)(void))dlsym(l, "f"))()); return 0; }\n',
    )
    answer = subprocess.run(
        [user, result], capture_output=True, text=True, check=False
    ).stdout
    assert answer == "1"


def test_an_added_library_comes_before_the_c_library(
    compiled: Compile, loader: str, tmp_path: Path
) -> None:
    text = "int puts(const char *s) { (void)s; return 0; }"
    library = compiled("-shared", "-fPIC", text=text)
    shutil.copy(library, tmp_path / "libquiet.so")
    result = patched(
        tmp_path,
        compiled(),
        interpreter=loader,
        run_path="$ORIGIN",
        add_needed=("libquiet.so",),
    )

    assert output_of(result) == ""


@pytest.mark.parametrize("size", [1, 100, 5000, 40000])
def test_what_follows_the_program_stays_at_the_end_of_the_file(
    compiled: Compile, loader: str, tmp_path: Path, size: int
) -> None:
    overlay = bytes(range(1, 252)) * (size // 250 + 1)
    overlay = overlay[:size]
    program = tmp_path / "with-overlay"
    program.write_bytes(compiled().read_bytes() + overlay)
    result = patched(tmp_path, program, interpreter=loader)

    content = result.read_bytes()
    header = read_header(content)
    assert content.endswith(overlay)
    assert output_of(result) == "hello\n"
    assert header.sections_end == len(content) - size
    if size >= LEAST_BYTES:
        moved = len(content) - program.stat().st_size
        assert moved % ALIGN_BYTES == 0


def test_what_follows_behind_padding_keeps_its_place(
    compiled: Compile, loader: str, tmp_path: Path
) -> None:
    old = compiled().read_bytes()
    program = tmp_path / "with-overlay"
    program.write_bytes(old + bytes(4096) + b"overlay")
    result = patched(tmp_path, program, interpreter=loader)

    assert result.stat().st_size == program.stat().st_size
    assert result.read_bytes().endswith(b"\0overlay")
    assert output_of(result) == "hello\n"


def test_a_saved_lisp_image_finds_itself(compiled: Compile, tmp_path: Path) -> None:
    old = compiled().read_bytes()
    image = b"image" * 2000
    trailer = struct.Struct("<QQ")
    program = tmp_path / "with-image"
    program.write_bytes(old + image + trailer.pack(len(old), 0x5342434C))
    result = patched(tmp_path, program, interpreter="/nowhere/loader").read_bytes()

    offset, _ = trailer.unpack(result[-trailer.size :])
    assert result[offset : -trailer.size] == image
    assert offset > len(old)


def test_a_long_string_table_is_not_copied(compiled: Compile, tmp_path: Path) -> None:
    names = [f"a_function_with_a_long_name_{i:04}" * 4 for i in range(400)]
    text = HELLO + "".join(f"void {name}(void) {{}}\n" for name in names)
    program = compiled("-rdynamic", text=text)
    result = patched(tmp_path, program, interpreter="/nowhere/loader")

    strings = sum(len(name) + 1 for name in names)
    assert result.stat().st_size - program.stat().st_size < strings / 10
    readelf(result, "--all")


def test_program_headers_stay_where_they_are_and_in_order(
    compiled: Compile, tmp_path: Path
) -> None:
    program = compiled()
    result = patched(tmp_path, program, interpreter="/nowhere/loader").read_bytes()

    header = read_header(result)
    segments = read_segments(result, header)
    loads = [one for one in segments if one.type == SegmentType.LOAD]
    table = next(one for one in segments if one.type == SegmentType.TABLE)
    assert header.segment_offset == 64
    assert [one.address for one in loads] == sorted(one.address for one in loads)
    places = [i for i, one in enumerate(segments) if one.type == SegmentType.LOAD]
    assert places == list(range(places[0], places[0] + len(loads)))
    assert all((one.address - one.offset) % one.align == 0 for one in loads)
    assert table.file_size == 56 * len(segments)


def test_a_second_patch_changes_nothing(compiled: Compile, tmp_path: Path) -> None:
    changes = {"interpreter": "/nowhere/loader", "add_needed": ("libm.so.6",)}
    once = patched(tmp_path, compiled(), **changes).read_bytes()

    again = patched_pieces(
        once,
        interpreter="/nowhere/loader",
        run_path=RUN_PATH,
        add_needed=("libm.so.6",),
    )

    assert again is None


def test_a_patched_program_can_be_patched_again(
    compiled: Compile, loader: str, tmp_path: Path
) -> None:
    (tmp_path / "first").mkdir()
    first = patched(tmp_path / "first", compiled(), interpreter="/nowhere/loader")
    second = patched(tmp_path, first, interpreter=loader, run_path="/elsewhere")

    readelf(second, "--all")
    assert output_of(second) == "hello\n"


def test_the_same_file_gives_the_same_bytes(compiled: Compile, tmp_path: Path) -> None:
    first = patched(tmp_path, compiled(), interpreter="/a").read_bytes()
    second = patched(tmp_path, compiled(), interpreter="/a").read_bytes()

    assert first == second


@pytest.mark.parametrize(
    ("options", "interpreter", "reason"),
    [
        pytest.param(("-static",), "/x", "not linked dynamically", id="static"),
        pytest.param(("-static-pie",), "/x", "no interpreter", id="static, anywhere"),
        pytest.param((), "/x\0y", "NUL", id="a name that cannot be written"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(
    compiled: Compile, options: tuple[str, ...], interpreter: str, reason: str
) -> None:
    content = compiled(*options).read_bytes()

    with pytest.raises(RelocationError, match=reason):
        patch_elf(content, interpreter=interpreter, run_path="x", add_needed=())


def test_unknown_bytes_behind_the_program_headers_are_not_overwritten(
    compiled: Compile,
) -> None:
    content = bytearray(compiled("-s").read_bytes())
    # Without section headers, nobody knows what lies there.
    content[40:48] = bytes(8)
    content[60:64] = bytes(4)

    with pytest.raises(RelocationError):
        patch_elf(bytes(content), interpreter="/x", run_path="x", add_needed=())


def test_bytes_that_no_section_describes_are_not_overwritten(
    compiled: Compile,
) -> None:
    content = bytearray(compiled().read_bytes())
    header = read_header(content)
    for index, one in enumerate(read_sections(content, header)):
        if one.type == SectionType.NOTE:
            place = header.section_offset + index * SECTION.size
            content[place : place + SECTION.size] = bytes(SECTION.size)

    with pytest.raises(RelocationError, match="unknown bytes"):
        patch_elf(bytes(content), interpreter="/x", run_path="x", add_needed=())


@pytest.mark.parametrize("name", ["true", "bash", "git", "python3", "perl", "ls"])
def test_programs_of_this_machine_can_be_patched(
    compiled: Compile, tmp_path: Path, name: str
) -> None:
    compiled()  # readelf is there
    found = shutil.which(name)
    content = Path(os.path.realpath(found)).read_bytes() if found else b""
    fact = read_elf(name, content)
    if fact is None or fact.interpreter is None:
        pytest.skip(f"{name} is not a dynamic program here")
    program = tmp_path / name
    program.write_bytes(content)
    result = patched(tmp_path, program, interpreter=str(fact.interpreter))

    done = subprocess.run([result, "--version"], capture_output=True, check=False)
    readelf(result, "--all")
    assert done.returncode == 0


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damage_is_refused_or_patched_and_never_worse(
    compiled: Compile, data: st.DataObject
) -> None:
    options = data.draw(st.sampled_from([(), ("-Wl,--spare-dynamic-tags=0",)]))
    content = bytearray(compiled(*options).read_bytes())
    tables = len(content) - 64 * 30
    places = st.one_of(
        st.integers(0, 0x400), st.integers(tables, len(content)), st.integers(0, 20000)
    )
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(places)
        value = data.draw(st.sampled_from([0, 1, 4, 0x7F, 0xFF, 0x10, 0x80]))
        width = data.draw(st.sampled_from([1, 2, 8]))
        if place + width <= len(content):
            content[place : place + width] = bytes([value]) * width

    try:
        result = patch_elf(
            bytes(content), interpreter="/x", run_path="/y", add_needed=("z.so",)
        )
    except (FormatError, RelocationError):
        return
    assert len(result) >= len(content)
