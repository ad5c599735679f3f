"""The inputs of a lock, each opened when it is first asked, for each system."""

from collections.abc import Iterable
from contextlib import ExitStack
from datetime import datetime

from devenv.errors import FetchError
from devenv.model.lock import LockedInput, LockedPocket
from devenv.model.spec import Spec
from devenv.model.stage import Stage
from devenv.model.systems import System
from devenv.operations.doors import Display, Doors
from devenv.operations.package_set import PackageSet, open_packages
from devenv.operations.project_inputs import project_input
from devenv.values import dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkOnce:
    """A display that warns of the same thing once, not once a system."""

    display: Display
    _warnings: set[str] = field(default_factory=set)

    def note(self, text: str) -> None:
        """Say something worth knowing."""
        self.display.note(text)

    def detail(self, text: str) -> None:
        """Say something only `-v` wants to know."""
        self.display.detail(text)

    def warn(self, text: str) -> None:
        """Say something that may be wrong, unless that was said."""
        if text not in self._warnings:
            self._warnings.add(text)
            self.display.warn(text)

    def started(self, label: str, total: int, *, is_bytes: bool = True) -> None:
        """Begin long work."""
        self.display.started(label, total, is_bytes=is_bytes)

    def advanced(self, amount: int) -> None:
        """Go on with it."""
        self.display.advanced(amount)

    def finished(self) -> None:
        """End it."""
        self.display.finished()

    def planned(self, labels: Iterable[str]) -> None:
        """Begin with many things."""
        self.display.planned(labels)

    def became(self, label: str, stage: Stage) -> None:
        """Tell how far one of them is."""
        self.display.became(label, stage)

    def completed(self) -> None:
        """Say what came of it."""
        self.display.completed()


@dataclass(slots=True, kw_only=True)
class OpenedInputs:
    """What has been opened so far, and the revision it had.

    All systems see the same revision of an input: it is refreshed once.
    """

    doors: Doors
    stack: ExitStack
    locked: dict[str, LockedInput] = field(default_factory=dict)
    _sets: dict[tuple[str, str], PackageSet] = field(default_factory=dict)

    def open(self, spec: Spec, system: System, name: str) -> PackageSet:
        """Return the packages of an input, opened once.

        Raises:
            UsageError: there is no such input.
            FetchError, SignatureError: its indexes cannot be had or trusted.
        """
        known = self._sets.get((name, system.name))
        if known is not None:
            return known
        doors = self.doors
        if name in self.locked:
            doors = replace(doors, refresh=False)
        opened = self.stack.enter_context(
            open_packages(doors, project_input(spec, name), system=system)
        )
        locked = revision(opened, name)
        if self.locked.setdefault(name, locked) != locked:
            raise FetchError(
                f"the archive of {name} changed in the middle of the work",
                hint="run the same command again",
            )
        self._sets[name, system.name] = opened
        return opened

    def known(self, system: str, name: str) -> PackageSet | None:
        """Return the packages of an input, if it was opened for a system."""
        return self._sets.get((name, system))

    @property
    def checked_at(self) -> datetime:
        """When the oldest of the indexes was last compared with its archive."""
        return min(opened.checked_at for opened in self._sets.values())


def revision(opened: PackageSet, name: str, *, definition: str = "") -> LockedInput:
    """Return the revision that an opened input has."""
    return LockedInput(
        name=name,
        definition=definition,
        pockets=tuple(
            LockedPocket(
                name=snapshot.pocket.name,
                date=snapshot.release.date,
                sha256=snapshot.release_sha256,
            )
            for snapshot in opened.snapshots
        ),
    )
