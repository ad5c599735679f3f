"""Make a tree for another machine than this one; a program of the tests.

    python -m tests.network.foreign_tree MACHINE PACKAGE...

It prints the tree's path. Folders come from the environment, as devenv's do. What is
run while a tree is made must be something that this machine can start.
"""

import os
import sys
from collections.abc import Sequence

from devenv.formats.requirement import parse_requirement
from devenv.host.clock import SystemClock
from devenv.host.http import Fetcher
from devenv.model.systems import SYSTEMS
from devenv.operations.environments import make_environment
from devenv.values import replace
from tests.fixtures.quiet_doors import quiet_doors


def main(machine: str, packages: Sequence[str]) -> None:
    env, clock = dict(os.environ), SystemClock()

    with quiet_doors(env, clock, Fetcher(env, clock)) as doors:
        foreign = replace(doors, system=SYSTEMS[machine])
        requirements = [parse_requirement(text) for text in packages]
        made = make_environment(foreign, requirements, label="another machine")
        (tree,) = made.environment.trees
        sys.stdout.write(f"{tree}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
