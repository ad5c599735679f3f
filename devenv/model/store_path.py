"""Store paths: their names, their kinds and what is recorded of them."""

from collections.abc import Mapping
from enum import StrEnum

from devenv import hashes
from devenv.model.canonical_json import canonical_json
from devenv.patterns import late_pattern
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

_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_UNFIT = late_pattern(r"[^A-Za-z0-9._+-]")


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
    digest = hashes.sha256(canonical_json(derivation).encode("ascii")).digest()
    return StorePath(_UNFIT.sub("_", f"{_base32(digest)}-{name}-{version}"))


def _base32(digest: bytes) -> str:
    """Return the first bits of a digest in the letters of RFC 4648, small ones.

    Not the module base64, which takes a millisecond to import.
    """
    number = int.from_bytes(digest[:DIGEST_BYTES], "big")
    shifts = range(DIGEST_BYTES * 8 - 5, -1, -5)
    return "".join([_LETTERS[number >> shift & 31] for shift in shifts])
