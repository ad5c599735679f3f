"""What a project's lock pins, to the byte, for each system."""

from collections.abc import Mapping
from datetime import datetime

from devenv.values import dataclass, field


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class RulesVersions:
    """The versions of the rules that store paths are made by.

    They are in the lock so that a newer devenv goes on using trees that an
    older one made; `devenv update` moves them.
    """

    unpack: int
    relocation: int
    bytecode: int
    tree: int


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class LockedPocket:
    """A pocket as it was when it was locked.

    `date` (aware) is that of its Release, `sha256` (hex) of the signed file.
    """

    name: str
    date: datetime
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedInput:
    """An input's revision: its pockets, in the order in which they are merged.

    `definition` is the SHA-256 (hex) over what a spec says of an input of its
    own (no host stands in a lock), empty for a built-in one.
    """

    name: str
    pockets: tuple[LockedPocket, ...]
    definition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedPackage:
    """One archive of one input, and its edges.

    `location` is relative to the archive of `pocket`; sizes are what the index
    says, `size` in bytes and `unpacked_kib` in KiB. `needs` are edges to packages
    of the same input: a name, or `name (operator version)` as Debian Policy
    7.1 writes it. `is_base` tells that only scripts may need it: it joins a tree
    by evidence. `seen` is the date of the last Release of the pocket that is
    known to list it, where that is not the input's: the archive may have
    dropped it since, and a snapshot of that time has it.
    """

    input: str
    name: str
    version: str
    architecture: str
    pocket: str
    location: str
    sha256: str
    size: int
    unpacked_kib: int
    needs: tuple[str, ...] = ()
    is_base: bool = False
    seen: datetime | None = None

    @property
    def needed_names(self) -> tuple[str, ...]:
        """The names of `needs`, without the versions."""
        return tuple(need.partition(" ")[0] for need in self.needs)


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Answer:
    """Which package of which input stands for a requirement (or part of it)."""

    input: str
    package: str

    def __str__(self) -> str:
        return f"{self.input}:{self.package}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedLibraries:
    """What the spec's `libraries` are taken from, on one system.

    `requirements` maps each entry, as written, to its package; `packages` are
    these and what they need, without the C library's family. `c_library` is
    the version of the C library that all of them work with.
    """

    input: str
    c_library: str
    requirements: Mapping[str, str]
    packages: tuple[LockedPackage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedSystem:
    """All that is pinned for one system.

    `requirements` maps each entry of `packages`, as written, to its answers, in
    the order of the spec, which is that of PATH; `packages` are sorted by
    (input, name). `default_input` is the one that entries without an input
    were asked of.
    """

    requirements: Mapping[str, tuple[Answer, ...]]
    packages: tuple[LockedPackage, ...]
    libraries: LockedLibraries | None = None
    default_input: str = "debian"

    @property
    def inputs(self) -> tuple[str, ...]:
        """The inputs that trees are made of, in the order of PATH."""
        answers = (one for many in self.requirements.values() for one in many)
        return tuple(dict.fromkeys(answer.input for answer in answers))

    def of_input(self, name: str) -> tuple[LockedPackage, ...]:
        """Return the packages of one input, sorted by name."""
        return tuple(package for package in self.packages if package.input == name)

    def requested_of(self, name: str) -> tuple[str, ...]:
        """Return the package names that were asked for of one input, sorted."""
        answers = (one for many in self.requirements.values() for one in many)
        return tuple(sorted({item.package for item in answers if item.input == name}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """`devenv.lock.toml`: inputs by name, and a part for each system by name."""

    rules: RulesVersions
    inputs: Mapping[str, LockedInput] = field(default_factory=dict)
    systems: Mapping[str, LockedSystem] = field(default_factory=dict)
