"""Trust: what a user has agreed to for a project, and what they would have to."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from devenv.model.spec import ShellText
from devenv.values import dataclass, field


class TrustState(StrEnum):
    """How a project stands with its user; only an allowed one takes effect on `cd`.

    CHANGED was allowed, and asks for something new since; FOREIGN is writable by
    somebody else, and so nobody's to allow.
    """

    UNKNOWN = "unknown"
    ALLOWED = "allowed"
    CHANGED = "changed"
    DENIED = "denied"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True, kw_only=True)
class InputEffect:
    """An input that packages may come from.

    `definition` is the digest of what the spec says of it, its key included, and
    `keys` are the fingerprints of that; both are empty for a built-in one.
    `address` is where its archive is, for people.
    """

    definition: str = ""
    keys: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class PackageEffect:
    """One row of the lock: these bytes, under this name."""

    input: str
    name: str
    version: str
    architecture: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueEffect:
    """The value of a variable, and the file that it is from, for people."""

    value: str
    source: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """Everything that a project does to a shell, on one system.

    `trees` are the inputs whose trees are on PATH, in this order; `packages` and
    `library_packages` are sorted. `libraries` are the entries of the spec, and
    `c_library` the version they must work with. `prepend` and `append` are the
    project's own entries of lists. `programs` has each host command that
    something of the project stands in front of, with what: an input or a
    folder. An empty mapping there says nothing: nobody may have looked yet.
    """

    inputs: Mapping[str, InputEffect] = field(default_factory=dict)
    trees: tuple[str, ...] = ()
    packages: tuple[PackageEffect, ...] = ()
    libraries: tuple[str, ...] = ()
    c_library: str = ""
    library_packages: tuple[PackageEffect, ...] = ()
    values: Mapping[str, ValueEffect] = field(default_factory=dict)
    prepend: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    append: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    texts: Mapping[str, ShellText] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    programs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustRecord:
    """What a user decided about a project.

    `device` and `inode` are the folder's: another folder in its place is another
    project. `digest` is over every byte that was read, of files and of their
    absence; `files` has the SHA-256 of each, "" for an absent one, by its path from
    the project's folder. `outer` has the outer variables that values were made
    from then. `history` has the digests that were allowed before, the last one first.
    `repository` is the shared folder of the git repository around the project,
    and `inside` where the project lies in a worktree of it.
    """

    path: str
    device: int
    inode: int
    is_allowed: bool
    decided_at: datetime
    digest: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    effects: Effects = field(default_factory=Effects)
    outer: Mapping[str, str | None] = field(default_factory=dict)
    history: tuple[str, ...] = ()
    repository: str | None = None
    inside: str = ""


class NewKind(StrEnum):
    """The kinds of what needs a nod."""

    INPUT = "input"
    KEY = "key"
    VARIABLE = "variable"
    VALUE = "value"
    PATH_ENTRY = "path entry"
    ORDER = "order"
    LIBRARY = "library"
    HOOK_TEXT = "hook text"
    ALIAS = "alias"
    UNSET = "unset name"
    DOWNGRADE = "downgrade"
    PROGRAM = "program"
    UNKNOWN_PACKAGE = "unknown package"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class New:
    """One thing that nobody has agreed to yet; `text` says which, in a few words."""

    kind: NewKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustDecision:
    """What follows from a change: nothing, a line to tell, or a question.

    `needed` is what needs a nod, `told` what does not but is said.
    """

    needed: tuple[New, ...] = ()
    told: tuple[str, ...] = ()

    @property
    def needs_nod(self) -> bool:
        """Tell whether the user has to be asked."""
        return bool(self.needed)

    @property
    def is_same(self) -> bool:
        """Tell whether there is nothing to say."""
        return not self.needed and not self.told
