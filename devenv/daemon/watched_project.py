"""One project that is watched: where its loop stands, and what is known of it."""

from collections.abc import Mapping
from enum import StrEnum

from devenv.daemon.builds import Build
from devenv.operations.change_basis import Basis
from devenv.plan.watching import Loop
from devenv.values import dataclass, field


class State(StrEnum):
    """How a project stands, for people and programs that ask the watcher."""

    NEW = "new"
    READY = "ready"
    BUILDING = "building"
    FAILED = "failed"
    CHANGED = "changed"
    NOT_ALLOWED = "not allowed"


@dataclass(slots=True, kw_only=True)
class WatchedProject:
    """A project by its number.

    `digest` is of the files as they were dealt with last, "" where they are to be
    looked at anew; `building` is that of the files that are being built. `wrong` is
    what a look found wrong and nobody was told yet.
    """

    number: int
    project: str
    is_pinned: bool = False
    loop: Loop = field(default_factory=Loop)
    state: State = State.NEW
    sentence: str = ""
    digest: str = ""
    building: str = ""
    wrong: str = ""
    basis: Basis | None = None
    build: Build | None = None
    builds: int = 0
    changes: int = 0

    @property
    def is_settled(self) -> bool:
        """Tell whether nothing is going on, or about to."""
        return (
            self.state is not State.NEW
            and not self.loop.is_building
            and self.loop.phase == "idle"
            and self.loop.look_at is None
        )

    def as_json(self) -> Mapping[str, object]:
        """Return it as the protocol has it."""
        return {
            "project": self.project,
            "state": self.state.value,
            "sentence": self.sentence,
            "phase": self.loop.phase.value,
            "settled": self.is_settled,
            "builds": self.builds,
            "changes": self.changes,
        }
