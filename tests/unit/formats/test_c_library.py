"""The version in a C library's file."""

import subprocess

import pytest

from devenv.formats.c_library import banner_version
from devenv.host.shared_libraries import HostLibraries
from devenv.model.c_library import CLibraryVersion
from tests.fixtures.elf_tree import this_system


@pytest.mark.parametrize(
    ("banner", "version"),
    [
        (
            b"GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\n",
            CLibraryVersion(2, 36),
        ),
        (
            b"GNU C Library (Ubuntu EGLIBC 2.19-0) stable release version 2.19, by",
            CLibraryVersion(2, 19),
        ),
        (
            b"GNU C Library (GNU libc) development release version 2.42.9000.\n",
            CLibraryVersion(2, 42),
        ),
        (b"musl libc (x86_64)\nVersion 1.2.5\n", None),
        (b"", None),
    ],
    ids=["Debian", "Ubuntu", "development", "musl", "empty"],
)
def test_the_banner_tells_the_version(
    banner: bytes, version: CLibraryVersion | None
) -> None:
    assert banner_version(b"\x7fELF\0\0" + banner + b"\0more") == version


def test_the_machines_own_is_what_ldd_says() -> None:
    found = HostLibraries(this_system()).c_library_version

    said = subprocess.run(
        ["/usr/bin/ldd", "--version"], check=True, capture_output=True, text=True
    )
    assert str(found) == said.stdout.splitlines()[0].split()[-1]
