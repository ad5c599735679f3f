"""The variables of an environment, from what its tree holds.

PATH, and the search paths of build tools, nothing else: anything more (PERL5LIB,
LOCPATH, GCONV_PATH, LD_LIBRARY_PATH ...) would be read by the host's programs
too and break them, while the tree's programs do not need it.
"""

from collections.abc import Callable

from devenv.model.environment import Environment
from devenv.model.systems import System

_PROGRAM_FOLDERS = ("usr/bin", "usr/sbin", "usr/games")
_PROGRAM_PATTERNS = (
    # Called through wrappers with state in /etc.
    "usr/lib/postgresql/*/bin",
    # Chosen among by packages that an environment of one version has not: `go` and
    # `clang` are what people type who ask for go@1.24 or clang@19.
    "usr/lib/go-*/bin",
    "usr/lib/llvm-*/bin",
)
"""Folders of programs that are on nobody's PATH in Debian."""

_HOST_DATA = ("/usr/local/share", "/usr/share")
_SHARED_DATA = (
    "usr/share/applications",
    "usr/share/bash-completion/completions",
    "usr/share/fish/vendor_completions.d",
    "usr/share/fish/vendor_functions.d",
    "usr/share/glib-2.0/schemas",
    "usr/share/icons",
    "usr/share/mime",
)
"""What programs of others find through XDG_DATA_DIRS."""


def environment(
    tree: str,
    system: System,
    *,
    is_directory: Callable[[str], bool],
    glob: Callable[[str], list[str]],
) -> Environment:
    """Return the environment of the tree at the absolute path `tree`.

    `is_directory` and `glob` take paths below the tree's root.
    """

    def present(*paths: str) -> tuple[str, ...]:
        return tuple(f"{tree}/{path}" for path in paths if is_directory(path))

    triplet = system.triplet
    programs = [path for pattern in _PROGRAM_PATTERNS for path in glob(pattern)]
    prepend = {"PATH": present(*_PROGRAM_FOLDERS, *programs)}
    values: dict[str, str] = {}
    # CMake looks for packages and headers below each prefix.
    if present("usr/include", "usr/share/cmake", f"usr/lib/{triplet}/cmake"):
        prepend["CMAKE_PREFIX_PATH"] = (f"{tree}/usr",)
    if macros := present("usr/share/aclocal"):
        prepend["ACLOCAL_PATH"] = macros
    values.update(_pkg_config(tree, present, triplet))
    values.update(_valgrind(present))
    return Environment(
        trees=(tree,), prepend=prepend, append=_data(tree, present), values=values
    )


def _data(
    tree: str, present: Callable[..., tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Add the tree's shared data behind the host's, where shells and desktops look.

    Behind: what the host's programs have of their own stays theirs. What stands for
    an unset XDG_DATA_DIRS (XDG Base Directory 0.8) comes along, or it would be lost.
    Nothing is needed for manual and Info pages: man and info look beside the
    folders of PATH, and a MANPATH or INFOPATH would hide the host's own.
    """
    if not present(*_SHARED_DATA):
        return {}
    return {"XDG_DATA_DIRS": (*_HOST_DATA, f"{tree}/usr/share")}


def _pkg_config(
    tree: str, present: Callable[..., tuple[str, ...]], triplet: str
) -> dict[str, str]:
    """Replace pkg-config's folders: the host's .pc files name host libraries.

    The SYSTEM variables keep the compiler's own default folders out of the
    flags, as they are on a system of its own (pkg-config(1)).
    """
    folders = present(
        f"usr/lib/{triplet}/pkgconfig", "usr/lib/pkgconfig", "usr/share/pkgconfig"
    )
    if not folders:
        return {}
    return {
        "PKG_CONFIG_LIBDIR": ":".join(folders),
        "PKG_CONFIG_SYSTEM_INCLUDE_PATH": f"{tree}/usr/include",
        "PKG_CONFIG_SYSTEM_LIBRARY_PATH": f"{tree}/usr/lib/{triplet}:{tree}/usr/lib",
    }


def _valgrind(present: Callable[..., tuple[str, ...]]) -> dict[str, str]:
    """Point Valgrind at its tools: static programs, which nothing redirects."""
    values = {}
    if tools := present("usr/libexec/valgrind"):
        values["VALGRIND_LIB"] = tools[0]
        if debug := present("usr/lib/debug"):
            values["VALGRIND_OPTS"] = f"--extra-debuginfo-path={debug[0]}"
    return values
