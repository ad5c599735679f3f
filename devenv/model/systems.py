"""The systems packages are made for, and how the archive and ELF name them."""

from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One processor architecture with the GNU C library.

    `triplet` is Debian's multiarch folder, `loader` the file name of the
    dynamic loader, `elf_machine` the `e_machine` value of its ELF files.
    """

    name: str
    debian_architecture: str
    triplet: str
    loader: str
    elf_machine: int


X86_64_LINUX = System(
    name="x86_64-linux",
    debian_architecture="amd64",
    triplet="x86_64-linux-gnu",
    loader="ld-linux-x86-64.so.2",
    elf_machine=62,
)
AARCH64_LINUX = System(
    name="aarch64-linux",
    debian_architecture="arm64",
    triplet="aarch64-linux-gnu",
    loader="ld-linux-aarch64.so.1",
    elf_machine=183,
)
SYSTEMS = {
    "x86_64": X86_64_LINUX,
    "aarch64": AARCH64_LINUX,
}
"""Systems by the machine name that `uname -m` prints."""
