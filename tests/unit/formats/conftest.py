"""Real ELF files, made by the machine's own compiler."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Compile = Callable[..., Path]

HELLO = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compile:
    """Return a function that compiles a C text with the options given."""
    if shutil.which("gcc") is None or shutil.which("readelf") is None:
        if os.environ.get("CI"):
            pytest.fail("the tests of ELF files need gcc and readelf")
        pytest.skip("there is no gcc or no readelf")
    folder = tmp_path_factory.mktemp("elf")
    done: dict[tuple[str, ...], Path] = {}

    def compile_(*options: str, text: str = HELLO) -> Path:
        key = (*options, text)
        if key not in done:
            place = folder / str(len(done))
            place.mkdir()
            (place / "main.c").write_text(text)
            command = ["gcc", "-O1", "-o", "program", "main.c", *options]
            subprocess.run(command, cwd=place, check=True, capture_output=True)
            done[key] = place / "program"
        return done[key]

    return compile_
