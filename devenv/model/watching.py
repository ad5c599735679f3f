"""What happens to a watched project, and what its watcher does."""

from enum import Enum, StrEnum, auto

from devenv.values import dataclass


class Phase(StrEnum):
    """Where a project's loop stands."""

    IDLE = "idle"
    QUEUED = "queued"
    BUILDING = "building"
    BUILDING_AND_OWED = "building, and one more owed"


class Action(Enum):
    """What the watcher does next.

    LOOK at the files, and say what was `Looked`; QUEUE the project for a build, and say
    when it `Began`; STOP the build, because its content is no longer wanted, or GIVE_UP
    because it took too long, and say that it `Ended`; TELL that what the last look
    found is wrong; STAMP the files, which rest now.
    """

    LOOK = auto()
    QUEUE = auto()
    STOP = auto()
    GIVE_UP = auto()
    TELL = auto()
    STAMP = auto()


class Found(Enum):
    """What a look at the files found.

    SAME is what was seen before, or what is being built; DONE is new, and has been
    brought to the hooks by now.
    """

    SAME = auto()
    DONE = auto()
    TO_BUILD = auto()
    WRONG = auto()


class Outcome(StrEnum):
    """How a build ended; FAILED_FOR_NOW may go better later, as it is."""

    READY = "ready"
    ASKS = "asks"
    FAILED = "failed"
    FAILED_FOR_NOW = "failed for now"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Touched:
    """A file was touched; `is_whole` if its writer is done with it."""

    at: float
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Passed:
    """It is this late."""

    at: float


@dataclass(frozen=True, slots=True)
class Looked:
    """The files were looked at."""

    at: float
    found: Found


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody wants a build now, whatever has changed."""

    at: float


@dataclass(frozen=True, slots=True)
class Began:
    """The build has begun."""

    at: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The build has ended."""

    at: float
    outcome: Outcome


Event = Touched | Passed | Looked | Asked | Began | Ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long is waited for what, in seconds.

    A whole file is looked at at once, or after `coalescing` where the last look was
    just before; one that is being written after `settling`, and after `restless` at
    the latest. `build_quiet` and `wrong_quiet` are how long files must have been left
    alone before a build starts, and before something is called wrong. A build may take
    `limit`. After `patience` failures in a row the next build waits for `first_delay`,
    then twice that and so on up to `longest_delay`; what may go better by itself is
    tried again after `retry` and so on. Stamps are renewed when files have rested for
    `rest`.
    """

    coalescing: float = 0.005
    settling: float = 0.05
    restless: float = 1.0
    build_quiet: float = 0.02
    wrong_quiet: float = 0.1
    limit: float = 3600.0
    patience: int = 3
    first_delay: float = 0.2
    longest_delay: float = 10.0
    retry: float = 10.0
    longest_retry: float = 600.0
    rest: float = 3.25
