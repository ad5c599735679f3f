"""`info` tells which programs of a package redirection does not reach."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.fixtures.archive import Package
from tests.fixtures.deb import File
from tests.fixtures.elf_tree import compile_program, need_compiler
from tests.fixtures.world import World

PLAIN = "int main(void) { return 0; }"
SHELL = '#include <stdlib.h>\nint main(void) { return system("true"); }'


@pytest.fixture
def programs(tmp_path: Path) -> dict[str, bytes | File]:
    need_compiler()
    try:
        still = compile_program(tmp_path / "still", PLAIN, "-static")
    except subprocess.CalledProcessError:
        pytest.skip("this compiler cannot link static programs")
    asking = compile_program(tmp_path / "asking", SHELL)
    plain = compile_program(tmp_path / "plain", PLAIN)
    library = compile_program(tmp_path / "libx.so", "int f;", "-shared", "-fPIC")
    text = File(b"#!/bin/sh\n", mode=0o755)
    found = {
        f"usr/bin/{path.name}": File(path.read_bytes(), mode=0o755)
        for path in (still, asking, plain)
    }
    return {
        **found,
        "usr/bin/tool": text,
        "usr/lib/libx.so": File(library.read_bytes(), mode=0o755),
    }


def test_programs_are_told_once_the_package_is_in_the_store(
    world: World, programs: dict[str, bytes | File]
) -> None:
    world.publish(Package(name="tool", version="1", files=programs))
    before = json.loads(world.run("info", "--json", "tool").stdout)
    assert before["out_of_reach"] is None
    assert "static" not in world.run("info", "tool").stdout
    world.run("run", "tool")

    facts = json.loads(world.run("info", "--json", "tool").stdout)
    assert facts["out_of_reach"] == [
        {"program": "usr/bin/asking", "reasons": ["shell"]},
        {"program": "usr/bin/still", "reasons": ["static", "system-calls"]},
    ]
    text = world.run("info", "tool").stdout
    assert "usr/bin/still (absolute paths in them are the host's)" in text
    assert "the shell of system() (1 program)" in text
