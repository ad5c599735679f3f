"""The daemon's process: as few imports as there may be, for as long as it runs.

It is started without site packages and what `devenv.host.lean` leaves out; a build is a
copy of it that brings that back before it does anything else.
"""

import importlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from devenv.daemon.builds import Made, Maker
from devenv.daemon.place import place_of, take_place
from devenv.daemon.serve import Daemon
from devenv.daemon.surroundings import WatcherSurroundings
from devenv.daemon.watch_here import Say, watch_project
from devenv.errors import DevenvError, FetchError, HashMismatchError, NotServedError
from devenv.host.clock import SystemClock
from devenv.host.dirs import Directories
from devenv.host.execute import guard_umask
from devenv.host.lean import bring_back
from devenv.model.activation import HookWord
from devenv.model.watching import Outcome
from devenv.operations.doors import this_system
from devenv.plan.outer_variables import without_activation

RUNNING_STATUS = 3
"""There is a daemon already."""

_NEEDED = (
    "devenv.cli.context",
    "devenv.cli.option_values",
    "devenv.operations.reload_project",
    "devenv.cli.display",
    "devenv.build.unpacking",
    "devenv.build.patch",
)
"""What a build imports: the first four are called by us."""

_OUTCOMES = {HookWord.ALLOWED: Outcome.READY}


def surroundings(env: Mapping[str, str]) -> WatcherSurroundings:
    """Return what the daemon that these variables are of sees.

    Raises:
        DevenvError: this machine or its folders cannot be used.
    """
    return WatcherSurroundings(
        env=without_activation(env),
        directories=Directories.from_environment(env),
        clock=SystemClock(),
        system=this_system(),
    )


def main() -> int:
    """Be the daemon, until it is told to stop; 3 if there is one already."""
    guard_umask()
    os.chdir("/")
    try:
        doors = surroundings(dict(os.environ))
        place = place_of(doors)
        lock = take_place(place)
        if lock is None:
            return RUNNING_STATUS
        Daemon(doors, MAKER, place, lock).run()
    except DevenvError as error:
        hint = f"\n  {error.hint}" if error.hint else ""
        sys.stderr.write(f"devenv: {error.what}{hint}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"devenv: the daemon cannot run: {error}\n")
        return 1
    return 0


def watch_here(project: str, say: Say, *, is_once: bool) -> int:
    """Keep one project up to date here, in the foreground; return the exit status.

    Raises:
        DevenvError: this machine or its folders cannot be used.
    """
    doors = surroundings(dict(os.environ))
    return watch_project(doors, MAKER, project, say, is_once=is_once)


def prepare() -> None:
    """Import all that making a project takes, in the copy of us that will do it."""
    bring_back()
    for name in _NEEDED:
        importlib.import_module(name)


def make(env: Mapping[str, str], project: str) -> Made:
    """Make a project, in the copy of us that a build is."""
    context, options, operation, display = map(importlib.import_module, _NEEDED[:4])
    plain = options.Options(no_color=True)
    try:
        doors = context.open_doors(plain, env)
        found = operation.reload_project(
            doors, Path(project), keeps_log=False, is_watched=True
        )
    except DevenvError as error:
        display.display_for(plain).error(error)
        sentence = f"failed: {error.what}"
        return Made(outcome=_outcome_of(error), sentence=sentence)
    finally:
        sys.stderr.flush()
    outcome = _OUTCOMES.get(found.word, Outcome.ASKS)
    return Made(outcome=outcome, sentence=found.sentence)


MAKER = Maker(prepare=prepare, make=make)


def _outcome_of(error: DevenvError) -> Outcome:
    """Tell whether it may go better by itself: a server that is away comes back."""
    if isinstance(error, FetchError) and not isinstance(
        error, HashMismatchError | NotServedError
    ):
        return Outcome.FAILED_FOR_NOW
    return Outcome.FAILED
