"""What the doctor is asked about."""

from collections.abc import Callable, Mapping
from pathlib import Path

from devenv.host.clock import Clock
from devenv.host.dirs import Directories
from devenv.model.systems import System
from devenv.model.user_configuration import UserConfiguration
from devenv.operations.doors import Doors
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One examination: not `Doors`, for what opens those may be what is wrong.

    `folder` is where we are; `command` is this devenv's own; `open_doors` opens all
    that commands need, and may fail.
    """

    env: Mapping[str, str]
    directories: Directories
    clock: Clock
    system: System
    configuration: UserConfiguration
    folder: Path
    command: str
    open_doors: Callable[[], Doors]
    offline: bool = False
    refresh: bool = False
