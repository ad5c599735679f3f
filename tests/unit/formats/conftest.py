"""Real ELF files, made by the machine's own compiler."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fixtures.elf_tree import compile_program, need_compiler

Compile = Callable[..., Path]

HELLO = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compile:
    """Return a function that compiles a C text with the options given, once."""
    need_compiler()
    folder = tmp_path_factory.mktemp("elf")
    done: dict[tuple[str, ...], Path] = {}

    def compile_(*options: str, text: str = HELLO) -> Path:
        key = (*options, text)
        if key not in done:
            place = folder / str(len(done)) / "program"
            done[key] = compile_program(place, text, *options)
        return done[key]

    return compile_
