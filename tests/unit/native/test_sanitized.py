"""A build of the library that traps on undefined behaviour does the same."""

import re
import subprocess
from pathlib import Path

import pytest

from devenv.native.build import SOURCES, UNITS
from devenv.plan.relocate import REDIRECT_LIBRARY
from tests.fixtures.elf_tree import compile_program, make_tree, need_compiler
from tests.unit.native.test_redirect import FILE, FOLDER, LINK, PROGRAM, Probe

PROBE = (Path(__file__).parent / "probe.c").read_text()
FUNCTIONS = re.findall(r'IS\("([^"]*)"\)', PROBE)
LEFT_OUT = {"fts_open of long ones", "fts_open of many", "addopen"}
"""The first two are slow, and in the last `cat` complains of folders."""
WRITING = {"open to make", "fopen to append", "fopen to write", "addopen to write"}
"""What is written is the host's: only below a folder that the host does not have."""
NOT_ON_THE_HOST = (FILE, LINK, f"{FILE}-missing")
OPTIONS = (
    "-std=gnu17 -O1 -w -fPIC -shared -fvisibility=hidden -fstack-protector-all "
    "-fsanitize=undefined -fsanitize-undefined-trap-on-error"
)


@pytest.fixture(scope="module")
def trapping(tmp_path_factory: pytest.TempPathFactory) -> Probe:
    need_compiler()
    folder = tmp_path_factory.mktemp("trapping")
    tree = make_tree(folder / "tree")
    tree.add_file(FILE)
    (tree.root / LINK[1:]).symlink_to("file")
    tree.add_file(PROGRAM, "#!/bin/sh\necho of the tree $1\n").chmod(0o755)
    library = tree.libraries / REDIRECT_LIBRARY
    sources = [str(SOURCES / f"{unit}.c") for unit in UNITS]
    command = ["gcc", *OPTIONS.split(), "-o", str(library), *sources]
    command += [f"-Wl,-soname,{REDIRECT_LIBRARY}"]
    subprocess.run(command, check=True, capture_output=True)
    compiled = compile_program(folder / "probe", PROBE, "-ldl")
    return Probe(tree=tree, program=tree.add_program("/usr/bin/probe", compiled))


@pytest.mark.parametrize("path", [FILE, FOLDER, LINK, PROGRAM, f"{FILE}-missing"])
def test_nothing_traps_whatever_is_called(trapping: Probe, path: str) -> None:
    left_out = LEFT_OUT if path in NOT_ON_THE_HOST else LEFT_OUT | WRITING
    said = {
        function: trapping(function, path)
        for function in FUNCTIONS
        if function not in left_out
    }

    assert len(said) > 70
    assert not Path(path).exists()
    if path == FILE:
        assert said["open"] == "of the tree\n"
        assert said["realpath"] == str(trapping.real(FILE))
