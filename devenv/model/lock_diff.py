"""What differs between two locks."""

from collections.abc import Mapping
from datetime import datetime

from devenv.model.lock import LockedPackage
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageChange:
    """One package of one input, before and after, on some systems.

    None before means that it is new, None after that it is gone. The rows are
    those of the first of `systems`; on the others the versions are the same.
    `is_requested` tells that a requirement is, or was, for this package.
    """

    systems: tuple[str, ...]
    before: LockedPackage | None
    after: LockedPackage | None
    is_requested: bool = False

    @property
    def row(self) -> LockedPackage:
        """The package, as it is after the change if it still is."""
        row = self.after or self.before
        if row is None:
            raise ValueError(self.systems)
        return row

    @property
    def kind(self) -> str:
        """Which change it is: `added`, `removed` or `changed`."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    @property
    def grown_bytes(self) -> int:
        """How much more there is to download, in bytes."""
        before = self.before.size if self.before else 0
        return (self.after.size if self.after else 0) - before

    @property
    def grown_unpacked_kib(self) -> int:
        """How much larger it is on disk, in KiB."""
        before = self.before.unpacked_kib if self.before else 0
        return (self.after.unpacked_kib if self.after else 0) - before

    def as_json(self) -> Mapping[str, object]:
        """Return the change as `--json` prints it."""
        return {
            "input": self.row.input,
            "name": self.row.name,
            "change": self.kind,
            "before": self.before.version if self.before else None,
            "after": self.after.version if self.after else None,
            "pocket": self.row.pocket,
            "systems": list(self.systems),
            "download_bytes": self.after.size if self.after else 0,
            "grown_bytes": self.grown_bytes,
            "grown_unpacked_bytes": self.grown_unpacked_kib * 1024,
            "base": self.row.is_base,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PocketChange:
    """A pocket of an input at two moments; None where the input was not used."""

    input: str
    pocket: str
    before: datetime | None
    after: datetime | None

    def as_json(self) -> Mapping[str, object]:
        """Return the change as `--json` prints it."""
        return {
            "input": self.input,
            "pocket": self.pocket,
            "before": self.before.isoformat() if self.before else None,
            "after": self.after.isoformat() if self.after else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LockDiff:
    """All changes, sorted: pockets by input, packages by input and name."""

    pockets: tuple[PocketChange, ...]
    packages: tuple[PackageChange, ...]
    rules_changed: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether both locks mean the same bytes, of the same moment."""
        return not (self.pockets or self.packages or self.rules_changed)

    def as_json(self) -> Mapping[str, object]:
        """Return the changes as `--json` prints them."""
        return {
            "pockets": [change.as_json() for change in self.pockets],
            "packages": [change.as_json() for change in self.packages],
            "rules_changed": self.rules_changed,
        }
