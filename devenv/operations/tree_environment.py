"""What a tree that is in the store asks of the variables."""

from pathlib import Path

from devenv.model.environment import Environment
from devenv.model.systems import System
from devenv.plan.variables import environment


def tree_environment(system: System, tree: Path) -> Environment:
    """Return the environment of a tree that is there."""
    return environment(
        str(tree),
        system,
        is_directory=lambda path: (tree / path).is_dir(),
        glob=lambda pattern: sorted(
            str(path.relative_to(tree)) for path in tree.glob(pattern)
        ),
    )
