"""The doors that operations go through, opened by `devenv.cli`."""

import os
from collections.abc import Iterable, Mapping

from devenv.errors import DevenvError
from devenv.formats.amounts import counted, size
from devenv.host.clock import Clock
from devenv.host.dirs import Directories
from devenv.model.stage import Stage
from devenv.model.systems import SYSTEMS, System
from devenv.model.user_configuration import UserConfiguration
from devenv.typed import Protocol
from devenv.values import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    # Who only reads projects, and keeps running, does not pay for the network and
    # the store: 5 MB.
    from devenv.host.http import Fetcher
    from devenv.store.discard import Removed
    from devenv.store.locks import Wait
    from devenv.store.store import Store

DEFAULT_INPUT = "debian"


class Display(Protocol):
    """Talk to the user, and the progress of long work."""

    def note(self, text: str) -> None: ...
    def detail(self, text: str) -> None: ...
    def warn(self, text: str) -> None: ...
    def started(self, label: str, total: int, *, is_bytes: bool = True) -> None: ...
    def advanced(self, amount: int) -> None: ...
    def finished(self) -> None: ...
    def planned(self, labels: Iterable[str]) -> None: ...
    def became(self, label: str, stage: Stage) -> None: ...
    def completed(self) -> None: ...


class Surroundings(Protocol):
    """What is needed to read a project, and to see how it stands with the user."""

    @property
    def env(self) -> Mapping[str, str]: ...
    @property
    def directories(self) -> Directories: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def system(self) -> System: ...
    @property
    def configuration(self) -> UserConfiguration: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What operations see of the machine.

    `env` is the environment devenv was called in; `offline` forbids any
    socket, `refresh` asks for newer indexes whatever their age, `allow_rollback`
    accepts one that is older than one seen before.
    """

    env: Mapping[str, str]
    directories: Directories
    clock: Clock
    fetcher: "Fetcher"
    store: "Store"
    display: Display
    system: System
    configuration: UserConfiguration = field(default_factory=UserConfiguration)
    offline: bool = False
    refresh: bool = False
    allow_rollback: bool = False

    @property
    def default_input(self) -> str:
        """The input of a requirement that names none."""
        return self.configuration.default_input or DEFAULT_INPUT

    def say_waiting(self, wait: "Wait") -> None:
        """Tell the user which other process we wait for."""
        name = wait.path.base.partition("-")[2]
        holder = wait.holder
        who = (
            f"process {holder.pid} ({holder.command})" if holder else "another process"
        )
        since = f" since {holder.since:%H:%M:%S}" if holder else ""
        self.display.note(f"waiting for {name}: {who} has been making it{since}")

    def say_collected(self, removed: "Removed") -> None:
        """Tell the user what went because the disk was nearly full."""
        paths = counted(removed.path_count, "store path")
        freed = size(removed.freed_bytes)
        self.display.note(
            f"the disk is nearly full: {paths} that nothing needs removed, {freed} free"
        )


def this_system() -> System:
    """Return the system of this machine.

    Raises:
        DevenvError: no packages are made for it.
    """
    machine = os.uname().machine
    if machine not in SYSTEMS:
        raise DevenvError(
            f"devenv does not know {machine} machines",
            hint=f"it runs on {', '.join(SYSTEMS)}",
        )
    return SYSTEMS[machine]


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))
