"""The store paths of packages and trees, known before anything is made.

A digest is taken over exactly what the content depends on (design.md, "The
store"): an unpacked archive on the archive and the unpack rules; relocated
programs also on their C library's path and the store's folder, which are
written into them; a tree on all of it.
"""

from collections.abc import Iterable, Mapping

from devenv.build.bytecode import BYTECODE_RULES
from devenv.build.compose import TREE_RULES
from devenv.build.unpack_rules import UNPACK_RULES
from devenv.model.apt import AptPackage
from devenv.model.store_path import PathKind, StorePath, store_path
from devenv.model.systems import System
from devenv.plan.relocate import RELOCATION_RULES

Derivation = Mapping[str, object]


def unpacked(package: AptPackage) -> Derivation:
    """Return what the unpacked archive of a package depends on."""
    return {
        "kind": PathKind.UNPACKED,
        "rules": UNPACK_RULES,
        "archive": package.sha256,
    }


def relocated(
    source: StorePath, *, c_library: StorePath | None, store: str
) -> Derivation:
    """Return what the relocated programs of an unpacked package depend on.

    `c_library` is the relocated path of the C library; None for the library
    itself and for closures without one.
    """
    return {
        "kind": PathKind.PATCHED,
        "rules": RELOCATION_RULES,
        "source": source.base,
        "c_library": c_library.base if c_library else "",
        "store": store,
    }


def bytecode(source: StorePath, *, interpreter: StorePath) -> Derivation:
    """Return what the byte code of an unpacked package depends on."""
    return {
        "kind": PathKind.BYTECODE,
        "rules": BYTECODE_RULES,
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
) -> Derivation:
    """Return what an environment tree depends on.

    `requested` matters, because alternatives prefer what was asked for.
    """
    return {
        "kind": PathKind.TREE,
        "rules": TREE_RULES,
        "parts": sorted(part.base for part in parts),
        "requested": sorted(requested),
        "redirect": redirect_digest,
        "system": system.name,
        "store": store,
    }


def path_for(derivation: Derivation, *, name: str, version: str) -> StorePath:
    """Return the store path of a derivation, marked with its kind."""
    kind = str(derivation["kind"])
    suffix = "" if kind == PathKind.UNPACKED else f"-{kind}"
    return store_path(derivation, name=name, version=f"{version}{suffix}")
