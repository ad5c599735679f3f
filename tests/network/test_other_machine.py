"""Trees of aarch64 on a machine that is none, started by an emulator.

The emulator is devenv's own (Debian's qemu-user); the kernel is told of it in a user
namespace of the test's own, so that aarch64 programs also start each other. Then
packages of the archive run, and with them every test of the redirecting library that
means something there.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from devenv.model.systems import AARCH64_LINUX
from tests.network.conftest import unavailable
from tests.network.installation import Installation

pytestmark = [pytest.mark.network, pytest.mark.timeout(1800)]

CHECKOUT = Path(__file__).parents[2]
PACKAGES = ("hello", "jq", "python3-minimal", "sqlite3")
CHILD = """import subprocess, sys
print(subprocess.check_output([sys.executable, "-c", "print(6 * 7)"]))
"""
PROGRAMS = {
    "hello": (("hello",), "Hello, world!\n"),
    "jq": (("jq", "-nc", "[1+1]"), "[2]\n"),
    "python3": (
        ("python3", "-c", "import platform; print(platform.machine())"),
        "aarch64\n",
    ),
    "a child": (
        ("python3", "-c", CHILD),
        "b'42\\n'\n",
    ),
    "sqlite3": (("sqlite3", ":memory:", "select 6 * 7"), "42\n"),
}
REGISTER = r"""
mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
program='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
register=/proc/sys/fs/binfmt_misc/register
printf %s ":devenv-test:M::$program:$mask:$1:F" >"$register"
shift
exec "$@"
"""
NOT_EMULATED = {
    "test_sanitized.py": "the library is built for this machine",
    "a_sanitizer": "there are no run-time libraries of sanitizers for it",
    "traced": "strace sees the emulator's calls",
    "set_uid": "the emulator runs as whoever started it",
    "addopen": "qemu does not tell that posix_spawn failed in the child",
    "forks": "qemu does not always fork well beside other threads",
    "committed_libraries": "nothing is run",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulated:
    """This machine, as one that starts aarch64 programs."""

    installation: Installation
    emulator: str

    def run(
        self, command: Sequence[str], more: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        words = ("unshare", "--map-root-user", "--mount", "sh", "-ec", REGISTER, "sh")
        return subprocess.run(
            [*words, self.emulator, *command],
            cwd=CHECKOUT,
            env={**self.installation.variables, **(more or {})},
            capture_output=True,
            text=True,
            check=False,
        )

    def output(self, command: Sequence[str]) -> str:
        done = self.run(command)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def emulated(installation: Installation) -> Emulated:
    if platform.machine() == "aarch64":
        pytest.skip("this machine is one")
    find = ("run", "-p", "qemu-user", "--", "sh", "-c", "command -v qemu-aarch64")
    emulator = installation.run(find).decode().strip()
    machine = Emulated(installation=installation, emulator=emulator)
    allowed = machine.run(["true"])
    if allowed.returncode:
        unavailable(f"no formats of programs can be registered: {allowed.stderr}")
    return machine


@pytest.fixture(scope="module")
def tree(emulated: Emulated) -> Path:
    make = (sys.executable, "-m", "tests.network.foreign_tree", "aarch64", *PACKAGES)
    return Path(emulated.output(make).strip())


@pytest.mark.parametrize(("command", "expected"), PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_of_another_machine_runs(
    emulated: Emulated, tree: Path, command: tuple[str, ...], expected: str
) -> None:
    program, *arguments = command

    assert emulated.output([str(tree / "usr/bin" / program), *arguments]) == expected


def test_its_compiled_in_paths_are_found_in_the_tree(
    emulated: Emulated, tree: Path
) -> None:
    path = f"/usr/lib/{AARCH64_LINUX.triplet}/libjq.so.1"
    command = f"import os; print(os.stat({path!r}).st_ino)"
    python = str(tree / "usr/bin/python3")

    found = int(emulated.output([python, "-c", command]))

    assert not Path(path).exists()
    assert found == (tree / path[1:]).stat().st_ino


def test_the_redirecting_library_does_there_what_it_does_here(
    emulated: Emulated, tree: Path, tmp_path: Path
) -> None:
    pytest.importorskip("ziglang", reason="the dependency group `native` is missing")
    folder = tree / "usr/lib" / AARCH64_LINUX.triplet
    target = ("-target", "aarch64-linux-gnu.2.36", "-fno-sanitize=all")
    loader = f"-Wl,--dynamic-linker={folder / AARCH64_LINUX.loader}"
    compiler = (sys.executable, "-m", "ziglang", "cc", *target, loader)
    machine = {"name": "aarch64", "compiler": compiler, "c_library": str(folder)}
    more = {
        "DEVENV_TEST_MACHINE": json.dumps(machine),
        "ZIG_GLOBAL_CACHE_DIR": str(tmp_path),
        "ZIG_LOCAL_CACHE_DIR": str(tmp_path),
        "PATH": os.environ["PATH"],
    }
    left_out = " or ".join(NOT_EMULATED)
    pytest_command = (sys.executable, "-m", "pytest", "-n0", "-q", "tests/unit/native")

    done = emulated.run([*pytest_command, "-k", f"not ({left_out})"], more)

    assert done.returncode == 0, done.stdout[-5000:]
    assert " passed" in done.stdout
