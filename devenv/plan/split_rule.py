"""What has no programs lives in the tree of what uses it.

Each input has a tree of its own, with its own C library. A compiler finds headers
and libraries in its own tree, so a `-dev` package of another one would be of no
use to it, or mix two C libraries in one program. An interpreter finds modules in
its own tree, likewise. All of it is decided from what the index says.
"""

from collections.abc import Iterable

from devenv.errors import ResolutionError
from devenv.model.apt import AptPackage
from devenv.model.resolution import Resolution
from devenv.patterns import late_pattern
from devenv.plan.lock_update import requirement_name

COMPILER = "c-compiler"
"""What every C compiler provides: gcc, clang, tcc."""

_DEVELOPMENT = "libdevel"
_LIBRARIES = "libs"
_MODULE = late_pattern(
    r"(?:python3?|ruby|node|php|perl|lua|r)[0-9.]*-.+"
    r"|lib.+-(?:perl|ruby|lua|php|java|ocaml)"
)
"""How Debian's language teams name what an interpreter loads."""


def is_library(package: AptPackage) -> bool:
    """Tell whether a package is there for others to be built with, or to load."""
    return is_for_building(package) or _section(package) == _LIBRARIES


def is_for_building(package: AptPackage) -> bool:
    """Tell whether a package is of use to a compiler only."""
    return _section(package) == _DEVELOPMENT or package.name.endswith("-dev")


def is_module(package: AptPackage) -> bool:
    """Tell whether a package is there for an interpreter to load."""
    return _MODULE.fullmatch(package.name) is not None


def direct_needs(package: AptPackage) -> frozenset[str]:
    """Return the names that stand in a package's dependencies."""
    groups = (*package.pre_depends, *package.depends)
    return frozenset(option.name for group in groups for option in group)


def has_compiler(resolution: Resolution) -> bool:
    """Tell whether the tree of a resolution can compile C."""
    return any(
        provided.name == COMPILER
        for item in resolution.packages.values()
        for provided in item.package.provides
    )


def build_split(
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


def module_split(
    written: str, own: str, interpreters: Iterable[str], *, where: str
) -> ResolutionError:
    """Return the error for a module that its interpreter would not find."""
    names = list(dict.fromkeys(interpreters))
    return ResolutionError(
        f"{written} is not in {' or '.join(names)}, where what would load it is from:"
        " each input has a tree of its own, and an interpreter sees only its own one",
        where=where,
        hint=f"{own} has it: take both from there, or write {own}:{written} if it is"
        " for the interpreter of that one",
    )


def _section(package: AptPackage) -> str:
    # `contrib/libdevel` in the other components.
    return package.section.rpartition("/")[2]
