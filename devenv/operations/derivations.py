"""The store paths of packages and trees, known before anything is made.

A digest is taken over exactly what the content depends on (design.md, "The
store"): an unpacked archive on the archive and the unpack rules; relocated
programs also on their C library's path and the store's folder, which are
written into them; a tree on all of it.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from devenv.build import current_rules
from devenv.model.apt import AptPackage
from devenv.model.lock import RulesVersions
from devenv.model.store_path import PathKind, StorePath, store_path
from devenv.model.systems import System

LIBRARIES_RULES = 1
"""Raise it whenever the same libraries would be put into a folder differently."""

Derivation = Mapping[str, object]

CURRENT_RULES = current_rules.CURRENT_RULES
"""The rules that this devenv makes store paths by."""


def unpacked(package: AptPackage, rules: RulesVersions = CURRENT_RULES) -> Derivation:
    """Return what the unpacked archive of a package depends on."""
    return _unpacked(package.sha256, rules)


def unpacked_path(
    package: AptPackage, rules: RulesVersions = CURRENT_RULES
) -> StorePath:
    """Return the store path of a package's unpacked archive."""
    return _unpacked_path(package.sha256, package.name, package.version, rules)


# Asked for several times for each of hundreds of packages.
@lru_cache(maxsize=4096)
def _unpacked_path(
    archive: str, name: str, version: str, rules: RulesVersions
) -> StorePath:
    return path_for(_unpacked(archive, rules), name=name, version=version)


def _unpacked(archive: str, rules: RulesVersions) -> Derivation:
    return {"kind": PathKind.UNPACKED, "rules": rules.unpack, "archive": archive}


def relocated(
    source: StorePath,
    *,
    c_library: StorePath | None,
    store: str,
    rules: RulesVersions = CURRENT_RULES,
) -> Derivation:
    """Return what the relocated programs of an unpacked package depend on.

    `c_library` is the relocated path of the C library; None for the library
    itself and for closures without one.
    """
    return {
        "kind": PathKind.PATCHED,
        "rules": rules.relocation,
        "source": source.base,
        "c_library": c_library.base if c_library else "",
        "store": store,
    }


def bytecode(
    source: StorePath, *, interpreter: StorePath, rules: RulesVersions = CURRENT_RULES
) -> Derivation:
    """Return what the byte code of an unpacked package depends on."""
    return {
        "kind": PathKind.BYTECODE,
        "rules": rules.bytecode,
        "source": source.base,
        "interpreter": interpreter.base,
    }


def tree(
    parts: Iterable[StorePath],
    *,
    requested: Iterable[str],
    redirect_digest: str,
    system: System,
    store: str,
    rules: RulesVersions = CURRENT_RULES,
) -> Derivation:
    """Return what an environment tree depends on.

    `requested` matters, because alternatives prefer what was asked for.
    """
    return {
        "kind": PathKind.TREE,
        "rules": rules.tree,
        "parts": sorted(part.base for part in parts),
        "requested": sorted(requested),
        "redirect": redirect_digest,
        "system": system.name,
        "store": store,
    }


def libraries(files: Mapping[str, str]) -> Derivation:
    """Return what a folder of libraries for host programs depends on.

    `files` maps each SONAME to a file below a store path (`BASE/usr/lib/...`).
    """
    return {
        "kind": PathKind.LIBRARIES,
        "rules": LIBRARIES_RULES,
        "files": dict(files),
    }


def path_for(derivation: Derivation, *, name: str, version: str) -> StorePath:
    """Return the store path of a derivation, marked with its kind."""
    kind = str(derivation["kind"])
    suffix = "" if kind == PathKind.UNPACKED else f"-{kind}"
    return store_path(derivation, name=name, version=f"{version}{suffix}")
