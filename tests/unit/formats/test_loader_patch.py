"""A loader that no longer knows the host's libraries."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from devenv.errors import RelocationError
from devenv.formats.elf import read_elf
from devenv.formats.loader_patch import cut_off_loader
from devenv.model.systems import AARCH64_LINUX, SYSTEMS, X86_64_LINUX, System
from tests.unit.formats.conftest import Compile


def loader_text(system: System, *, copies: int = 2) -> bytes:
    """Return what a loader of Debian holds, as its data sections lay it out."""
    folders = (f"/lib/{system.triplet}/", f"/usr/lib/{system.triplet}/")
    names = (*folders, "/lib/", "/usr/lib/")
    directories = b"".join(name.encode() + b"\0" for name in names)
    files = b"cache\0/etc/ld.so.cache\0lost\0/etc/ld.so.preload\0"
    help_text = b"  --inhibit-cache       Do not use /etc/ld.so.cache\n\0"
    return b"\x7fELF\0" + (directories + b"code\0") * copies + files + help_text


@pytest.mark.parametrize("system", [X86_64_LINUX, AARCH64_LINUX], ids=lambda s: s.name)
@pytest.mark.parametrize("copies", [1, 2])
def test_no_place_of_the_host_is_left(system: System, copies: int) -> None:
    content = loader_text(system, copies=copies)

    result = cut_off_loader(content, system=system)

    assert len(result) == len(content)
    assert not re.search(rb"\0/(usr/)?lib/", result)
    assert not re.search(rb"\0/etc/", result)
    assert result.count(b"/no-/\0") == copies
    assert b"Do not use /etc/ld.so.cache" in result


def test_no_folder_for_a_newer_processor_is_looked_into() -> None:
    folders = b"\0x86-64-v4:x86-64-v3:x86-64-v2\0"
    content = loader_text(X86_64_LINUX) + folders + b"code"

    result = cut_off_loader(content, system=X86_64_LINUX)

    assert result.endswith(b"\0" * len(folders) + b"code")
    assert len(result) == len(content)


@pytest.mark.parametrize(
    "lost", [b"/etc/ld.so.cache\0", b"/etc/ld.so.preload\0", b"/usr/lib/\0", b"-gnu/\0"]
)
def test_a_loader_we_do_not_know_is_never_half_cut_off(lost: bytes) -> None:
    content = loader_text(X86_64_LINUX).replace(lost, b"")

    with pytest.raises(RelocationError, match="not one we know"):
        cut_off_loader(content, system=X86_64_LINUX)


def test_the_loader_of_another_system_is_refused() -> None:
    with pytest.raises(RelocationError):
        cut_off_loader(loader_text(AARCH64_LINUX), system=X86_64_LINUX)


def test_a_program_takes_nothing_from_this_machine(
    compiled: Compile, tmp_path: Path
) -> None:
    program = compiled()
    fact = read_elf("x", program.read_bytes())
    assert fact is not None
    system = next((s for s in SYSTEMS.values() if s.elf_machine == fact.machine), None)
    if system is None or fact.interpreter is None:
        pytest.skip("this machine is of a system we do not serve")
    if not Path(f"/usr/lib/{system.triplet}/libc.so.6").exists():
        pytest.skip("the C library of this machine is not Debian's")
    content = Path(fact.interpreter).resolve().read_bytes()
    loader = tmp_path / "loader"
    loader.write_bytes(cut_off_loader(content, system=system))
    loader.chmod(0o755)
    (tmp_path / "lib").mkdir()
    shutil.copy(f"/usr/lib/{system.triplet}/libc.so.6", tmp_path / "lib")

    alone = subprocess.run([loader, program], capture_output=True, check=False)
    with_library = subprocess.run(
        [loader, "--library-path", tmp_path / "lib", program],
        capture_output=True,
        check=False,
    )

    assert b"libc.so.6: cannot open shared object file" in alone.stderr
    assert with_library.stdout == b"hello\n"
    assert b"glibc-hwcaps/" not in _looked_for(loader, tmp_path, program)


def _looked_for(loader: Path, folder: Path, program: Path) -> bytes:
    command = [str(loader), "--library-path", str(folder / "lib"), str(program)]
    debug = {"LD_DEBUG": "libs"}
    done = subprocess.run(command, env=debug, capture_output=True, check=True)
    assert b"libc.so.6" in done.stderr
    return done.stderr
