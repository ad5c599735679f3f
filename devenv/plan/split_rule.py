"""Libraries live in the tree of what is built against them.

Each input has a tree of its own, with its own C library. A compiler finds headers
and libraries in its own tree, so a `-dev` package of another one would be of no
use to it, or mix two C libraries in one program.
"""

from collections.abc import Iterable

from devenv.errors import ResolutionError
from devenv.model.apt import AptPackage
from devenv.model.resolution import Resolution
from devenv.plan.lock_update import requirement_name

COMPILER = "c-compiler"
"""What every C compiler provides: gcc, clang, tcc."""

_DEVELOPMENT = "libdevel"
_LIBRARIES = "libs"


def is_library(package: AptPackage) -> bool:
    """Tell whether a package is there for others to be built with, or to load."""
    return is_for_building(package) or _section(package) == _LIBRARIES


def is_for_building(package: AptPackage) -> bool:
    """Tell whether a package is of use to a compiler only."""
    return _section(package) == _DEVELOPMENT or package.name.endswith("-dev")


def has_compiler(resolution: Resolution) -> bool:
    """Tell whether the tree of a resolution can compile C."""
    return any(
        provided.name == COMPILER
        for item in resolution.packages.values()
        for provided in item.package.provides
    )


def split_error(
    written: str, own: str, compilers: Iterable[str], *, where: str
) -> ResolutionError:
    """Return the error for a package that no compiler would find."""
    names = list(compilers)
    return ResolutionError(
        f"{written} is from {own}, but what would be built with it is built by the"
        f" compiler of {' and '.join(names)}: each input has a tree of its own, and"
        " a compiler sees only its own one",
        where=where,
        hint=f"take both from one input: {names[0]}:{requirement_name(written)}, or the"
        f" compiler from {own}",
    )


def _section(package: AptPackage) -> str:
    # `contrib/libdevel` in the other components.
    return package.section.rpartition("/")[2]
