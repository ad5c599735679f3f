"""Every error a user can meet, as one tree.

An error says what went wrong, where, and what to do next. Only `devenv.cli`
prints one. `code` is stable: scripts and documentation may refer to it.
"""

from collections.abc import Sequence

from devenv.values import dataclass


class DevenvError(Exception):
    """The root: something the user should read, not a bug of ours.

    Args:
        what: one sentence, in plain words.
        where: the file, address or key it is about.
        hint: what to do next, preferably a command.
    """

    code = "error"
    exit_status = 1

    def __init__(
        self, what: str, *, where: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint


class UsageError(DevenvError):
    """The command line does not make sense."""

    code = "usage"
    exit_status = 2


class FormatError(DevenvError):
    """Bytes that do not follow the format they claim to have."""

    code = "format"


class FetchError(DevenvError):
    """Something could not be downloaded."""

    code = "fetch"


class OfflineError(FetchError):
    """A download is needed, and `--offline` forbids it."""

    code = "offline"


class NotServedError(FetchError):
    """No server that was asked has the file."""

    code = "not-served"


class HashMismatchError(FetchError):
    """What was downloaded is not what was signed for."""

    code = "hash-mismatch"


class SignatureError(DevenvError):
    """An index whose signature chain does not hold."""

    code = "signature"


class ResolutionError(DevenvError):
    """The requirements cannot be met together."""

    code = "resolution"


class UnknownPackageError(ResolutionError):
    """No input has a package of this name."""

    code = "unknown-package"


class UnknownFileError(DevenvError):
    """No package of an input has such a file."""

    code = "unknown-file"


class LockError(DevenvError):
    """A lock that cannot be read, or does not answer the project's spec."""

    code = "lock"


class LibrariesError(DevenvError):
    """What `libraries` asks for cannot be had, or not beside this machine's own."""

    code = "libraries"


class UnsafeArchiveError(DevenvError):
    """An archive that breaks a rule of the safe unpacker."""

    code = "unsafe-archive"


class RelocationError(DevenvError):
    """A file that could not be made to work from the store."""

    code = "relocation"


class StoreError(DevenvError):
    """The store cannot be used, or something in it is wrong."""

    code = "store"


class ProgramError(DevenvError):
    """A program could not be chosen or started."""

    code = "program"


class UnusableIndexError(StoreError):
    """A package index on disk that is damaged or of another version.

    It is a copy of what an archive publishes, so the answer is to build it
    again.
    """

    code = "index"


class TrustError(DevenvError):
    """A project that the user has not allowed, or that is nobody's to allow."""

    code = "trust"


class NoProjectError(DevenvError):
    """There is no `devenv.toml` here or above."""

    code = "no-project"


class TemplateError(DevenvError):
    """A template that is not there, or cannot be used."""

    code = "template"


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One thing that is wrong: what, where (`file:line, key`), what to do next."""

    what: str
    where: str | None = None
    hint: str | None = None


class SpecError(DevenvError):
    """A project's spec is wrong, in one place or in several.

    Args:
        complaints: at least one; each is shown by itself.
    """

    code = "spec"

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        first = complaints[0]
        others = len(complaints) - 1
        more = f" (and {others} more)" if others else ""
        super().__init__(f"{first.what}{more}", where=first.where, hint=first.hint)
        self.complaints = tuple(complaints)
