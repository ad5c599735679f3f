"""The corpus test's checks find what they are there for, on made files."""

from pathlib import Path

import pytest

from devenv.formats.elf import read_elf
from devenv.formats.elf_patch import patch_elf
from tests.fixtures.elf_tree import compile_program, need_compiler
from tests.network.corpus.elf_files import change_complaints, fact_complaints
from tests.network.corpus.texts import line_complaint, parses, text_complaints

TREE = "/tree"
PLACES = {
    "/usr/bin/perl": "usr/bin/perl",
    "/bin/ls": "usr/bin/ls",
    "/usr/share/x": "usr/share/x",
    "/usr/lib": "usr/lib",
}
LOADER = "/store/ld.so"
RUN_PATH = "$ORIGIN/../lib"


def _find(path: str) -> str | None:
    return PLACES.get(path)


def _nothing(_path: str) -> None:
    return None


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        pytest.param("a /bin/ls b", "a /tree/usr/bin/ls b", None, id="whole path"),
        pytest.param("/usr/share/x/y", "/tree/usr/share/x/y", None, id="a part below"),
        pytest.param("/usr/share/x.", "/tree/usr/share/x.", None, id="full stop"),
        pytest.param("a /bin/ls b", "a /tree/usr/bin/ls c", "behind path", id="behind"),
        pytest.param("a /bin/ls b", "A /tree/usr/bin/ls b", "before", id="in front"),
        pytest.param("/bin/ls b", "/tree/usr/bin/ls", "cut off", id="end is gone"),
        pytest.param("/bin/lsof", "/tree/usr/bin/lsof", "became", id="half a name"),
        pytest.param("/bin/ls", "/tree/usr/bin/perl", "became", id="another path"),
        pytest.param("a/bin/ls", "a/tree/usr/bin/ls", "tail", id="tail of a path"),
        pytest.param(
            "#!/bin/ls\n\0/bin/ls", "#!/tree/usr/bin/ls\n\0/bin/ls", None, id="NUL"
        ),
        pytest.param("\n\0/bin/ls", "\n\0/tree/usr/bin/ls", "NUL", id="behind a NUL"),
    ],
)
def test_a_text_may_differ_in_whole_paths_only(
    before: str, after: str, complaint: str | None
) -> None:
    found = list(
        text_complaints(
            before.encode(),
            after.encode(),
            tree=TREE,
            find=_find,
            find_prefix=_nothing,
        )
    )

    assert bool(found) == (complaint is not None)
    assert complaint is None or complaint in found[0]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("#!/tree/usr/bin/perl -w\n", None, id="there"),
        pytest.param("#!/usr/bin/env x\n", None, id="the host's"),
        pytest.param("#!/tree/usr/bin/gone\n", "is not there", id="not there"),
        pytest.param(f"#!/tree/{'x' * 260}\n", "bytes", id="too long"),
    ],
)
def test_an_interpreter_is_there_and_its_line_short_enough(
    text: str, complaint: str | None
) -> None:
    found = line_complaint(text.encode(), tree=TREE, find=PLACES.get)

    assert (found is None) == (complaint is None)
    assert complaint is None or complaint in (found or "")


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param("a", "#!/bin/sh\nif true; then :; fi\n", True, id="shell"),
        pytest.param("a", "#!/tree/usr/bin/dash\nif true; then\n", False, id="broken"),
        pytest.param("a.py", "x = 1\n", True, id="Python"),
        pytest.param("a.py", "x = = 1\n", False, id="broken Python"),
        pytest.param("a", "#!/usr/bin/python3\nx =\n", False, id="Python script"),
        pytest.param("a.json", "[1", False, id="broken JSON"),
        pytest.param("a", "#!/usr/bin/perl\n((", None, id="Perl is not judged"),
    ],
)
def test_scripts_are_parsed_and_not_run(
    path: str,
    text: str,
    expected: bool | None,  # noqa: FBT001
) -> None:
    assert parses(path, text.encode()) is expected


@pytest.fixture
def program(tmp_path: Path) -> Path:
    need_compiler()
    text = '#include <stdio.h>\nint main(void) { puts("x"); return 0; }'
    return compile_program(tmp_path / "before", text)


def _patched(program: Path) -> bytes:
    return patch_elf(
        program.read_bytes(),
        interpreter=LOADER,
        run_path=RUN_PATH,
        add_needed=["libfirst.so"],
    )


def _complaints(program: Path, after: bytes) -> list[str]:
    place = program.with_name("after")
    place.write_bytes(after)
    found = change_complaints(
        program, place, loader=LOADER, run_path=RUN_PATH, added=["libfirst.so"]
    )
    return list(found)


def test_a_relocated_program_differs_in_what_relocation_is_for(program: Path) -> None:
    assert _complaints(program, _patched(program)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b"\0puts\0", b"\0pots\0", id="a symbol"),
        pytest.param(b"\0.eh_frame\0", b"\0.eh_fraMe\0", id="a section"),
        pytest.param(b"/store/ld.so\0", b"/store/ld-so\0", id="the interpreter"),
        pytest.param(b"libfirst.so\0", b"libworst.so\0", id="a needed library"),
        pytest.param(b"$ORIGIN/../lib\0", b"$ORIGIN/./.lib\0", id="the run path"),
    ],
)
def test_whatever_else_of_a_program_changed_is_found(
    program: Path, old: bytes, new: bytes
) -> None:
    patched = _patched(program)
    assert old in patched

    assert _complaints(program, patched.replace(old, new)) != []


def test_a_fact_that_readelf_denies_is_found(program: Path) -> None:
    other = program.with_name("other")
    other.write_bytes(_patched(program))
    fact = read_elf("before", program.read_bytes())
    assert fact is not None

    assert list(fact_complaints(fact, program)) == []
    assert len(list(fact_complaints(fact, other))) == 3
