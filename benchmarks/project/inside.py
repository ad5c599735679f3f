"""The same work inside of one process that has started: what a daemon would take.

    python -m benchmarks.project.inside KIND      (in the project's folder)

Prints the seconds of each round, and the processor's, as JSON. KIND is `lock` (a lock
made anew), `add` (a package added to a lock) or `tree` (an environment that was not
there before); the packages come from standard input, one list a round.
"""

import gc
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from devenv.cli.context import open_doors
from devenv.cli.main import ALLOCATIONS_UNTIL_COLLECTION
from devenv.cli.option_values import Options
from devenv.model.lock import Lock
from devenv.model.project import Project
from devenv.operations.doors import Doors
from devenv.operations.lock_project import make_lock
from devenv.operations.project_environment import make_project_environment
from devenv.operations.read_project import read_project


def one_round(doors: Doors, kind: str, packages: Sequence[str]) -> tuple[float, float]:
    """Return the seconds that one round takes, after what comes before it.

    And those of all processors, programs that it starts included.
    """
    before = _locked(doors, packages[:-1]) if kind == "add" else None
    lock = _locked(doors, packages) if kind == "tree" else None
    start, busy = time.perf_counter(), _processor_seconds()
    if lock is None:
        _locked(doors, packages, previous=before)
    else:
        make_project_environment(doors, _read(doors, packages), lock)
    return time.perf_counter() - start, _processor_seconds() - busy


def _processor_seconds() -> float:
    return sum(os.times()[:4])


def _locked(
    doors: Doors, packages: Sequence[str], previous: Lock | None = None
) -> Lock:
    return make_lock(doors, _read(doors, packages), previous)


def _read(doors: Doors, packages: Sequence[str]) -> Project:
    listed = ", ".join(f'"{package}"' for package in packages)
    Path("devenv.toml").write_text(f"packages = [{listed}]\n")
    return read_project(Path(), system=doors.system.name, env=dict(os.environ))


def main() -> None:
    kind = sys.argv[1]
    gc.set_threshold(ALLOCATIONS_UNTIL_COLLECTION)
    doors = open_doors(Options(quiet=True))
    rounds = [line.split() for line in sys.stdin]
    seconds = [one_round(doors, kind, packages) for packages in rounds]
    sys.stdout.write(json.dumps(seconds))


if __name__ == "__main__":
    main()
