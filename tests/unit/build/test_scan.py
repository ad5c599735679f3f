import pytest

from devenv.build.scan import MAX_TEXT_BYTES, scan
from devenv.model.facts import ElfFact, TextFact


def text(path: str, content: bytes) -> TextFact | None:
    found = scan(path, content)
    assert not isinstance(found, ElfFact)
    return found


def test_a_script_is_told_with_what_it_names() -> None:
    assert text("usr/bin/x", b"#! /usr/bin/perl -w \nopen '/etc/x';\n") == TextFact(
        path="usr/bin/x",
        interpreter="/usr/bin/perl -w",
        candidates=("/etc/x", "/usr/bin/perl"),
        has_nul=False,
    )


def test_a_text_that_names_paths_is_no_script() -> None:
    assert text("usr/lib/x.pc", b"prefix=/usr\n") == TextFact(
        path="usr/lib/x.pc", interpreter=None, candidates=("/usr",), has_nul=False
    )


def test_of_a_script_with_binary_content_only_the_first_line_counts() -> None:
    found = text("usr/bin/x", b"#!/usr/bin/ocamlrun\n/etc/passwd\0")

    assert found is not None
    assert found.candidates == ("/usr/bin/ocamlrun",)
    assert found.has_nul


def test_of_a_huge_script_only_the_first_line_counts() -> None:
    content = b"#!/bin/sh\n" + b"/etc/x\n" * (MAX_TEXT_BYTES // 7 + 1)

    found = text("usr/bin/x", content)

    assert found is not None
    assert (found.candidates, found.has_nul) == (("/bin/sh",), True)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        pytest.param("usr/share/x", b"", id="empty"),
        pytest.param("usr/share/x", b"nothing absolute", id="no paths"),
        pytest.param("usr/share/x", b"/usr/bin/x\0", id="binary"),
        pytest.param("usr/share/x", b"/usr/bin/x " * (1 << 20), id="huge"),
        pytest.param("usr/include/x.h", b'#define X "/usr/lib/x"', id="header"),
        pytest.param("usr/share/man/man1/x.1", b"/etc/x", id="manual page"),
        pytest.param("usr/lib/x.so", b"\x7fELF" + bytes(60), id="damaged ELF"),
    ],
)
def test_nothing_is_told_of_what_is_never_rewritten(path: str, content: bytes) -> None:
    assert scan(path, content) is None


def test_a_script_is_told_wherever_it_is() -> None:
    assert text("usr/share/fonts/make", b"#!/bin/sh\n") is not None


def test_an_interpreter_that_is_no_utf8_is_kept() -> None:
    found = text("usr/bin/x", b"#!/opt/\xe9\n")

    assert found is not None
    assert found.interpreter == "/opt/\udce9"


def test_an_elf_file_is_told_as_such() -> None:
    # A header of an x86-64 shared object with no segments at all (ELF-64, 64 bytes).
    header = (
        b"\x7fELF\2\1\1".ljust(16, b"\0")
        + b"\3\0\x3e\0\1\0\0\0"
        + bytes(28)
        + b"\x40\0\x38\0"
        + bytes(8)
    )

    found = scan("usr/lib/x.so", header)

    assert isinstance(found, ElfFact)
    assert found.machine == 62
