"""What every part of an open store needs."""

from collections.abc import Callable
from datetime import datetime

from devenv.store.database import Database
from devenv.store.kill_points import KillPoints
from devenv.store.layout import Layout
from devenv.values import dataclass

Clock = Callable[[], datetime]
"""Returns the time now, with its zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreContext:
    """An open store's parts.

    `command` says in messages to others what this process is doing;
    `patience_seconds` is how long a wait for a lock stays silent.
    """

    layout: Layout
    database: Database
    clock: Clock
    kill_points: KillPoints
    command: str
    patience_seconds: float
