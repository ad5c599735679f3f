"""`devenv exec`, apart from typer: what runs a command in a project's environment."""

from collections.abc import Sequence

from devenv.cli.context import lock_mode, open_doors
from devenv.cli.option_values import Options
from devenv.host.execute import replace_self
from devenv.operations.enter_project import enter_project
from devenv.operations.launch import launch_in


def execute_in_project(options: Options, command: Sequence[str]) -> None:
    """Become a command in the project's environment, which is made if need be.

    Raises:
        DevenvError: it cannot be made, or has no such program.
    """
    doors = open_doors(options)
    made = enter_project(doors, options.project, lock_mode(options))
    launch = launch_in(made.environment, command, doors.env)
    replace_self(launch.argv, program=launch.program, env=launch.env)
