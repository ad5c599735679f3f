"""What a project's files ask for, and the spec that is proposed for it."""

from enum import StrEnum

from devenv.values import dataclass


class NameKind(StrEnum):
    """Whose name something goes by; each has its own way into the archive."""

    TOOL = "tool"
    APT = "apt"
    BREW = "brew"
    CONDA = "conda"
    NIX = "nix"
    CMAKE = "cmake"
    PKG_CONFIG = "pkg_config"
    GEM = "gem"
    PIP = "pip"
    PHP = "php"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that a file asks for.

    `version` is as the file has it, in the grammar of
    `devenv.formats.version_range`, "" where any will do. A `hint` need is
    worth a package only if its name is in our table: a Python module may need a
    library, and mostly does not.
    """

    kind: NameKind
    name: str
    why: str
    line: int = 0
    version: str = ""
    is_hint: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedFolder:
    """A folder of the project that should be on PATH."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What one file asks for, and what of it was not understood (sentences)."""

    needs: tuple[Need, ...] = ()
    folders: tuple[ProposedFolder, ...] = ()
    unmapped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedPackage:
    """A requirement, and every reason for it."""

    written: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A spec for a project, the reasons for it, and what it leaves out."""

    spec: str
    packages: tuple[ProposedPackage, ...] = ()
    folders: tuple[ProposedFolder, ...] = ()
    unmapped: tuple[str, ...] = ()
