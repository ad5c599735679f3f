"""What an update lets move: everything, some inputs, or some packages."""

from collections.abc import Iterable

from devenv.model.lock import LockedPackage
from devenv.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What is not kept as it is locked; by default nothing.

    `names` are inputs, packages, or requirements as they were written.
    """

    everything: bool = False
    names: frozenset[str] = field(default_factory=frozenset)

    def moves_input(self, name: str) -> bool:
        """Tell whether all packages of an input may move."""
        return self.everything or name in self.names

    def moves_requirement(self, written: str, name: str) -> bool:
        """Tell whether a requirement is asked anew; `name` is its package's."""
        return self.everything or written in self.names or name in self.names

    def kept(self, rows: Iterable[LockedPackage]) -> tuple[LockedPackage, ...]:
        """Return the rows that stay as they are, if that is possible."""
        return tuple(
            row
            for row in rows
            if not self.moves_input(row.input) and row.name not in self.names
        )


def requirement_name(written: str) -> str:
    """Return the name in a requirement as it was written: `input:name@version`."""
    return written.rpartition(":")[2].partition("@")[0]


NO_UPDATE = Update()
