"""`libraries` on a machine that lacks some, with packages of the real archive."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from devenv.formats.lock_toml import parse_lock
from devenv.host.files import names_in
from tests.fixtures.elf_tree import this_system
from tests.network.conftest import unavailable
from tests.network.installation import Installation

pytestmark = [pytest.mark.network, pytest.mark.timeout(900)]

TRIPLET = this_system().triplet
FOLDERS = (f"/usr/lib/{TRIPLET}", "/usr/lib64")
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
ALL_MASKED = r"lib(GL|GLX|GLdispatch|glib-2\.0|stdc\+\+)\.so.*"
PACKAGES = ("libgl1", "libglib2.0-0", "libstdc++6")
SONAMES = ("libGL.so.1", "libglib-2.0.so.0", "libstdc++.so.6")
OWN_C_LIBRARY = ".".join(
    map(str, os.confstr("CS_GNU_LIBC_VERSION").split()[1].split(".")[:2])  # type: ignore[union-attr]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """This machine, without the libraries whose names match.

    Its library folders are made of links to what is left, and the loader's cache
    is made anew.
    """

    installation: Installation
    folder: Path
    masked: str

    def make(self) -> None:
        for number, folder in enumerate(FOLDERS):
            farm = self.folder / str(number)
            farm.mkdir(parents=True)
            for name in names_in(Path(folder)) if Path(folder).is_dir() else ():
                if not re.fullmatch(self.masked, name):
                    (farm / name).symlink_to(f"/mnt/{number}/{name}")
        (self.folder / "cache").mkdir()
        self.check(["ldconfig", "-X", "-C", f"{self.folder}/cache/ld.so.cache"])

    def run(
        self, command: Sequence[str], libraries: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command in the project's folder."""
        words = ["bwrap", "--dev-bind", "/", "/", "--tmpfs", "/mnt"]
        for number, folder in enumerate(FOLDERS):
            if Path(folder).is_dir():
                words += ["--ro-bind", folder, f"/mnt/{number}"]
                words += ["--ro-bind", f"{self.folder}/{number}", folder]
        cache = self.folder / "cache/ld.so.cache"
        if cache.exists():
            words += ["--ro-bind", str(cache), "/etc/ld.so.cache"]
        env = {**self.installation.variables, "PATH": SYSTEM_PATH}
        if libraries:
            env["LD_LIBRARY_PATH"] = libraries
        return subprocess.run(
            [*words, "--chdir", str(self.folder), *command],
            check=False,
            capture_output=True,
            text=True,
            env=env,
        )

    def devenv(
        self, *arguments: str, libraries: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        return self.run([str(self.installation.command), *arguments], libraries)

    def check(self, command: Sequence[str], libraries: str = "") -> str:
        done = self.run(command, libraries)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def write_spec(self, oldest: str, *libraries: str) -> None:
        listed = ", ".join(f'"{name}"' for name in libraries)
        (self.folder / "devenv.toml").write_text(
            f'oldest_c_library = "{oldest}"\nlibraries = [{listed}]\n'
        )

    def realise(self, oldest: str, *names: str) -> tuple[str, str]:
        """Return the release that is locked, and the folder; empty if there is none."""
        self.write_spec(oldest, *names)
        done = self.devenv("exec", "sh", "-c", 'echo "$LD_LIBRARY_PATH"')
        assert done.returncode == 0, done.stderr
        lock_file = self.folder / "devenv.lock.toml"
        lock = parse_lock(lock_file.read_text(), file=str(lock_file))
        libraries = lock.systems[this_system().name].libraries
        assert libraries is not None
        return libraries.input, done.stdout.strip()

    def loads(self, soname: str, libraries: str = "") -> bool:
        """Tell whether the machine's own Python can load a library."""
        text = f"import ctypes; ctypes.CDLL({soname!r})"
        done = self.run(["/usr/bin/python3", "-c", text], libraries)
        assert done.returncode == 0 or "cannot open shared object" in done.stderr
        return done.returncode == 0


@pytest.fixture
def machine(
    installation: Installation, tmp_path: Path, request: pytest.FixtureRequest
) -> Machine:
    """Return this machine without some libraries: all of them, or what is asked."""
    for tool in ("bwrap", "ldconfig"):
        if shutil.which(tool, path=SYSTEM_PATH) is None:
            unavailable(f"a machine that lacks libraries needs {tool}")
    if not Path("/usr/bin/python3").exists():
        unavailable("this machine has no Python of its own")
    masked = getattr(request, "param", ALL_MASKED)
    made = Machine(installation=installation, folder=tmp_path, masked=masked)
    made.make()
    return made


@pytest.mark.parametrize(
    ("oldest", "release"),
    [("2.31", "bullseye"), pytest.param("2.36", "bookworm", id="bookworm")],
)
def test_a_python_of_the_machine_loads_what_it_lacks(
    machine: Machine, oldest: str, release: str
) -> None:
    before = [machine.loads(soname) for soname in SONAMES]
    found, folder = machine.realise(oldest, *PACKAGES)
    after = [machine.loads(soname, folder) for soname in SONAMES]

    assert before == [False, False, False]
    assert after == [True, True, True]
    assert found == release
    assert set(SONAMES) <= set(names_in(Path(folder)))
    assert not [name for name in names_in(Path(folder)) if name.startswith("libc.")]


NEARLY_ALL_MASKED = (
    r"(?!(ld-linux.*|lib(c|m|pthread|dl|rt|util|resolv|anl|mvec|nss_.*|z|expat|ssl"
    r"|crypto|ffi|python3.*|tinfo.*|readline|lzma|bz2|uuid|sqlite3|cap.*|selinux"
    r"|pcre2-8|gcc_s)\.so.*)$).*\.so.*"
)
"""What is left is the C library, and what a Python and a shell need."""


@pytest.mark.parametrize("machine", [NEARLY_ALL_MASKED], indirect=True)
@pytest.mark.parametrize(
    ("oldest", "packages"),
    [
        ("2.31", ("libgtk-3-0", "libqt5widgets5", "libnss3", "libegl1")),
        ("2.31", ("liblapack3", "libopenblas0", "libhdf5-103", "libgdal28")),
        ("2.36", ("libpq5", "libcurl4", "libzmq5", "libncurses6")),
    ],
    ids=["desktop", "science", "networks"],
)
def test_everything_that_is_exposed_can_be_loaded(
    machine: Machine, oldest: str, packages: tuple[str, ...]
) -> None:
    _, folder = machine.realise(oldest, *packages)
    sonames = names_in(Path(folder))
    text = "import ctypes, sys; [ctypes.CDLL(name) for name in sys.argv[1:]]"

    # All symbols are looked up at once, not when a function is first called.
    command = ["env", "LD_BIND_NOW=1", "/usr/bin/python3", "-c", text, *sonames]
    machine.check(command, folder)
    machine.check(["bash", "-c", "exit 0"], folder)

    assert len(sonames) > len(packages)


HOST_COMMANDS = {
    "ls": ["ls", "/"],
    "bash": ["bash", "-c", "exit 0"],
    "git": ["git", "--version"],
    "python3": ["/usr/bin/python3", "-c", "import ssl, sqlite3, zlib, ctypes"],
    "perl": ["perl", "-e", "1"],
    "curl": ["curl", "--version"],
    "gcc": ["gcc", "--version"],
    "apt-get": ["apt-get", "--version"],
    "ssh": ["ssh", "-V"],
}


@pytest.mark.parametrize(
    "machine", [ALL_MASKED, r"lib(GL|GLX|GLdispatch)\.so.*"], indirect=True
)
def test_programs_of_the_machine_work_as_before(machine: Machine) -> None:
    _, folder = machine.realise("2.31", *PACKAGES)
    working = {
        name: command
        for name, command in HOST_COMMANDS.items()
        if shutil.which(command[0], path=SYSTEM_PATH)
        and machine.run(command).returncode == 0
    }

    assert working.keys() >= {"ls", "bash", "python3"}
    for command in working.values():
        machine.check(command, folder)


@pytest.mark.parametrize("machine", ["nothing"], indirect=True)
def test_a_machine_that_has_all_needs_no_variable(machine: Machine) -> None:
    if not all(machine.loads(soname) for soname in SONAMES):
        pytest.skip("this machine lacks some of them itself")

    assert machine.realise("2.31", *PACKAGES) == ("bullseye", "")


def test_a_release_that_is_too_new_is_refused_while_locking(machine: Machine) -> None:
    machine.write_spec("2.31", "trixie:libstdc++6")

    done = machine.devenv("build")

    assert done.returncode == 1
    assert "in trixie libstdc++6 needs the C library 2.38" in done.stderr
    assert 'oldest_c_library = "2.38"' in done.stderr


def test_a_lock_for_newer_machines_is_refused_on_this_one(machine: Machine) -> None:
    if tuple(map(int, OWN_C_LIBRARY.split("."))) >= (2, 38):
        pytest.skip("this machine has the C library of trixie")

    machine.write_spec("2.41", *PACKAGES)

    done = machine.devenv("build")

    assert done.returncode == 1
    assert "GLIBC_2.38 of the C library" in done.stderr
    assert f'oldest_c_library = "{OWN_C_LIBRARY}"' in done.stderr


def test_a_python_of_devenv_does_not_see_the_folder(machine: Machine) -> None:
    _, folder = machine.realise("2.31", "libstdc++6", "zlib1g", "libexpat1")
    text = (
        "import ctypes; ctypes.CDLL('libstdc++.so.6');"
        "print(open('/proc/self/maps').read())"
    )
    packages = ["-p", "python3", "-p", "libstdc++6"]

    done = machine.devenv(
        "run", *packages, "--", "python3", "-c", text, libraries=folder
    )

    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if "libstdc++" in line]
    assert lines
    assert not any(folder in line for line in lines)


@pytest.mark.parametrize("machine", ["nothing"], indirect=True)
def test_the_doctor_names_what_a_library_of_a_newer_release_breaks(
    machine: Machine,
) -> None:
    if tuple(map(int, OWN_C_LIBRARY.split("."))) >= (2, 38):
        pytest.skip("this machine has the C library of trixie")
    done = machine.devenv("run", "-p", "trixie:libstdc++6", "--", "true")
    assert done.returncode == 0, done.stderr
    (folder,) = machine.installation.store.glob(f"*-libstdc++6-14*/usr/lib/{TRIPLET}")

    before = machine.devenv("doctor")
    after = machine.devenv("doctor", libraries=str(folder))

    assert before.returncode == 0, before.stdout
    assert after.returncode == 1
    problem = after.stdout[after.stdout.index("PROBLEM") :]
    assert "LD_LIBRARY_PATH breaks " in problem
    assert "libstdc++.so.6 there needs GLIBC_2.38 of libc.so.6" in problem
    assert str(folder) in problem
