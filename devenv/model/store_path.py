"""Store paths: their names, their kinds and what is recorded of them."""

import base64
import hashlib
import re
from collections.abc import Mapping
from enum import StrEnum

from devenv.model.canonical_json import canonical_json
from devenv.values import dataclass

__all__ = [
    "DIGEST_BYTES",
    "PathInfo",
    "PathKind",
    "StorePath",
    "canonical_json",
    "store_path",
]

DIGEST_BYTES = 20
"""160 bits: enough against collisions by accident or design, short in a path."""

_UNFIT = re.compile(r"[^A-Za-z0-9._+-]")


class PathKind(StrEnum):
    """What a store path holds, and so what its digest depends on."""

    UNPACKED = "unpacked"
    PATCHED = "patched"
    BYTECODE = "bytecode"
    TREE = "tree"
    LIBRARIES = "libraries"


@dataclass(frozen=True, slots=True, order=True)
class StorePath:
    """A name in the store: `<digest>-<name>-<version>`."""

    base: str

    @property
    def digest(self) -> str:
        """The digest of the derivation, in base32."""
        return self.base.partition("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathInfo:
    """What is known of a valid store path.

    `content_hash` is the SHA-256 (hex) over the listing of its files, as
    `devenv.formats.listing` defines it; `size_bytes` counts an inode once;
    `references` are base names of other store paths; `origin` is the derivation
    in canonical JSON.
    """

    path: StorePath
    kind: PathKind
    content_hash: str
    size_bytes: int
    file_count: int
    references: tuple[str, ...]
    origin: str


def store_path(
    derivation: Mapping[str, object], *, name: str, version: str
) -> StorePath:
    """Return the store path of a derivation, the same on every machine.

    `derivation` holds JSON values only. Characters of `name` and `version`
    that are awkward in a path (`:`, `~`) become `_`; the digest keeps two such
    names apart.
    """
    digest = hashlib.sha256(canonical_json(derivation).encode("ascii")).digest()
    text = base64.b32encode(digest[:DIGEST_BYTES]).decode("ascii").lower()
    return StorePath(_UNFIT.sub("_", f"{text}-{name}-{version}"))
