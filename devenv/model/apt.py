"""The nouns of an apt archive."""

from collections.abc import Mapping
from datetime import datetime

from devenv.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One alternative of a dependency: `name:architecture (operator version)`.

    Debian Policy 7.1. `operator` is one of `<< <= = >= >>`, or None.
    """

    name: str
    architecture: str | None = None
    operator: str | None = None
    version: str | None = None


Alternatives = tuple[Relation, ...]
"""Relations of which any one is enough: `a | b`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AptPackage:
    """One binary package as an index describes it.

    `filename` is relative to the archive's root; `size` is in bytes,
    `installed_size_kib` in KiB; `sha256` is lowercase hex; `pocket` names the
    pocket of the input whose index holds it.
    """

    name: str
    version: str
    architecture: str
    filename: str
    sha256: str
    size: int
    installed_size_kib: int
    source: str
    section: str
    priority: str
    multi_arch: str
    description: str
    pocket: str
    is_essential: bool = False
    depends: tuple[Alternatives, ...] = ()
    pre_depends: tuple[Alternatives, ...] = ()
    provides: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pocket:
    """One suite of one archive: what a single Release file describes.

    `archive` names the mirror set (`debian`, `debian-security`, or a user's
    url); `suite` is the path below `dists/`. A Release must carry `origin`,
    `label` and `codename` where they are not None, and be signed by one of
    `keys` (full fingerprints of primary keys, uppercase hex).
    `warn_age_days` and `refuse_age_days` bound how old its Date may be;
    `expiry_grace_days` is how long after its Valid-Until it may be used with a
    warning. `keyring` holds the certificates of `keys` if devenv does not ship
    them. An optional pocket may be missing from the archive.
    """

    name: str
    archive: str
    suite: str
    components: tuple[str, ...]
    keys: frozenset[str]
    origin: str | None = None
    label: str | None = None
    codename: str | None = None
    warn_age_days: int | None = None
    refuse_age_days: int | None = None
    expiry_grace_days: int = 0
    keyring: bytes = field(default=b"", repr=False)
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AptInput:
    """A named set of pockets that are resolved as one, as apt merges them."""

    name: str
    pockets: tuple[Pocket, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """One file a Release vouches for: SHA-256 in lowercase hex, bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The signed head of a pocket (`dists/SUITE/InRelease`).

    `lists_all_separately` tells that packages for all architectures stand in
    indexes of their own, and not in the one of each architecture.
    """

    origin: str
    label: str
    suite: str
    codename: str
    version: str
    date: datetime
    valid_until: datetime | None
    architectures: tuple[str, ...]
    components: tuple[str, ...]
    acquires_by_hash: bool
    entries: Mapping[str, IndexEntry] = field(repr=False)
    lists_all_separately: bool = False
