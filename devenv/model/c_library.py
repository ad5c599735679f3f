"""The version of the GNU C library, as far as programs tell versions apart."""

from devenv.patterns import late_pattern
from devenv.values import dataclass

_NUMBERS = late_pattern(r"(\d{1,4})\.(\d{1,4})(?!\d)")


@dataclass(frozen=True, slots=True, order=True)
class CLibraryVersion:
    """Major and minor number: what follows makes no difference to programs."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    @classmethod
    def read(cls, text: str) -> "CLibraryVersion | None":
        """Return what `2.31`, `2.31-13+deb11u1` or `2.17~` begins with, if it does."""
        found = _NUMBERS.match(text)
        return cls(int(found[1]), int(found[2])) if found else None
