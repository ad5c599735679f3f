"""A package whose archive is in the store, unpacked: where it is, what it tells."""

from pathlib import Path

from devenv.build.unpack_rules import FACTS_PATH
from devenv.errors import StoreError
from devenv.formats.facts_json import decode
from devenv.model.apt import AptPackage
from devenv.model.facts import PackageFacts
from devenv.model.lock import RulesVersions
from devenv.model.store_path import StorePath
from devenv.operations import derivations
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackedPackage:
    """A package whose archive is in the store."""

    package: AptPackage
    path: StorePath
    facts: PackageFacts


def unpacked_path(
    package: AptPackage, rules: RulesVersions = derivations.CURRENT_RULES
) -> StorePath:
    """Return the store path of a package's unpacked archive."""
    return derivations.unpacked_path(package, rules)


def read_facts(path: Path) -> PackageFacts:
    """Return the facts that a store path carries.

    Raises:
        StoreError: the file is gone or damaged.
    """
    try:
        # Hundreds of these, and pathlib takes longer than the kernel.
        with open(f"{path}/{FACTS_PATH}", "rb", buffering=0) as file:  # noqa: PTH123
            return decode(file.read())
    except OSError as error:
        raise StoreError(
            "a store path is damaged: its facts cannot be read",
            where=str(path),
            hint="run `devenv store verify`",
        ) from error
