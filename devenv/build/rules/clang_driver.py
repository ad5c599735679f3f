"""Clang builds against the tree: a configuration file beside the binary."""

from devenv.build.composition import Composition
from devenv.build.draft import TreeDraft

_DRIVERS = ("clang", "clang++", "clang-cpp")


def configure_clang(draft: TreeDraft, composition: Composition) -> None:
    """Give every Clang of the tree its sysroot, loader and library folders.

    Clang reads `<driver>.cfg` from its own folder (Clang user manual,
    "Configuration files"); options on the command line still win.
    """
    tree, triplet = draft.final, composition.system.triplet
    loader = f"{tree}/usr/lib/{triplet}/{composition.system.loader}"
    lines = [
        f"--sysroot={tree}",
        f"-B{tree}/usr/bin",
        f"-Wl,--dynamic-linker={loader}",
        f"-Wl,-rpath,{tree}/usr/lib/{triplet},-rpath,{tree}/usr/lib",
        # Compiling without linking leaves the linker's options unused.
        "-Wno-unused-command-line-argument",
    ]
    text = "".join(f"{line}\n" for line in lines).encode()
    for directory in draft.glob("usr/lib/llvm-*/bin"):
        for driver in _DRIVERS:
            draft.write(f"{directory}/{driver}.cfg", text)
