"""Which absolute paths of a text file become paths of the tree.

The rules and what each of them cured stand in ARCHITECTURE.md ("Text"). In
short: a path is rewritten when the tree has it, unless it is so generic that
scripts use it to speak of the host.
"""

from collections.abc import Callable
from functools import cache

from devenv.model.facts import TextFact
from devenv.model.systems import System
from devenv.values import dataclass

_GENERIC = frozenset({
    "/usr", "/etc", "/bin", "/sbin", "/lib", "/lib64", "/opt",
    "/var/lib", "/var/cache", "/usr/local", "/usr/bin", "/usr/sbin",
    "/usr/share", "/usr/include", "/usr/lib", "/usr/games",
    # Facts of the machine, not of a package.
    "/etc/passwd", "/etc/group", "/etc/hosts", "/etc/resolv.conf",
    "/etc/nsswitch.conf", "/etc/fstab", "/etc/mtab", "/etc/shadow",
})  # fmt: skip
"""Paths that stay the host's: scripts put them in front of other names, or in
LD_LIBRARY_PATH, where the tree's C library would break every host program."""

_BUILD_GENERIC = ("/usr", "/usr/lib", "/usr/include", "/usr/share")
"""Generic paths that mean the package's own prefix in build-system files."""

_BUILD_SUFFIXES = (".pc", ".cmake", "-config", "Makefile")
_NEVER_SUFFIXES = (".m4f", ".elc", ".map")
"""Text whose lengths or offsets are counted inside the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeView:
    """What rewriting asks of a tree: its final path, and what is in it.

    `exists` takes an absolute path as a file would name it (`/bin/ls`) and
    returns the path below the tree's root it stands for, or None;
    `has_prefix` tells whether some entry's path begins with such a text.
    """

    path: str
    exists: Callable[[str], str | None]
    has_prefix: Callable[[str], str | None]


def substitutions(fact: TextFact, tree: TreeView, system: System) -> dict[str, str]:
    """Return what each candidate of a text file is replaced with, if anything."""
    if not _is_rewritable(fact.path):
        return {}
    result = {}
    builds = _is_build_file(fact.path)
    generic = _generic(system)
    for candidate in fact.candidates:
        if candidate in generic and not (builds and candidate in _own(system)):
            continue
        if _is_the_hosts(candidate, fact):
            continue
        place = tree.exists(candidate)
        if place is None and candidate[-1] in "-_." and candidate.count("/") > 2:  # noqa: PLR2004 - /usr/share/NAME- at least
            # "/usr/share/aclocal-" with a version appended at run time.
            place = tree.has_prefix(candidate)
        if place is not None:
            result[candidate] = f"{tree.path}/{place}"
    return result


@cache
def _generic(system: System) -> frozenset[str]:
    triplet = system.triplet
    return _GENERIC | {f"/usr/lib/{triplet}", f"/lib/{triplet}"}


@cache
def _own(system: System) -> tuple[str, ...]:
    return (*_BUILD_GENERIC, f"/usr/lib/{system.triplet}")


def _is_rewritable(path: str) -> bool:
    name = path.rpartition("/")[2]
    # GNU ld scripts (libc.so): the linker puts --sysroot in front by itself.
    is_linker_script = name.startswith("lib") and name.endswith((".so", ".a"))
    return not is_linker_script and not path.endswith(_NEVER_SUFFIXES)


def _is_build_file(path: str) -> bool:
    return (
        path.endswith(_BUILD_SUFFIXES) or "/cmake/" in path or "sysconfigdata" in path
    )


def _is_the_hosts(candidate: str, fact: TextFact) -> bool:
    if candidate == "/usr/bin/env":
        return True
    # As an interpreter line they are the tree's; anywhere else in a file they
    # are data that a user or another machine may read.
    return candidate in ("/bin/sh", "/bin/bash") and fact.interpreter is None
