"""What is taken from a package, as data: change it, and change UNPACK_RULES."""

from devenv.patterns import late_pattern
from devenv.values import dataclass

UNPACK_RULES = 1
"""Version of everything that decides what an unpacked store path holds: the
tables here, the facts that are learnt and their format. Part of its digest."""

FACTS_DIRECTORY = ".devenv"
FACTS_PATH = ".devenv/facts.json"
FACTS_MTIME_SECONDS = 0

_OMITTED = late_pattern(
    r"usr/share/(?:"
    r"doc|"  # for people; a third of all files
    r"doc-base|menu|"  # registrations with programs that are not here
    r"lintian|bug|"  # about the package, for Debian's own tools
    r"locale/(?!en)"  # translations: half of what is left of usr/share
    r")(?:/|\Z)"
    r"|usr/share/locale/(?!en)"
)


def is_omitted(path: str) -> bool:
    """Return whether a file or directory of a package is left out."""
    return path.startswith("usr/share/") and _OMITTED.match(path) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackLimits:
    """What one archive may unfold to. Going over any of it refuses the archive."""

    unpacked_bytes: int = 8 << 30
    file_bytes: int = 2 << 30
    entries: int = 1_000_000
    seconds: float = 900.0

    @classmethod
    def declared(cls, *, installed_size_kib: int) -> "UnpackLimits":
        """Return the limits of a package whose signed index tells its size.

        Installed-Size counts each file in whole KiB (Debian Policy 5.6.20), so
        a true one is never too small. 0 means that it is not told.
        """
        if installed_size_kib <= 0:
            return cls()
        told = installed_size_kib * 1024
        return cls(unpacked_bytes=min(told + told // 10 + (1 << 20), 8 << 30))
