"""What to become: a program, in an environment."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from devenv.errors import ProgramError
from devenv.host.execute import find_command
from devenv.model.environment import Environment
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A program to become, with its arguments (its name first) and variables."""

    program: Path
    argv: tuple[str, ...]
    env: dict[str, str]


def launch_in(
    environment: Environment,
    command: Sequence[str],
    ambient: Mapping[str, str],
    *,
    whose: str = "the project",
) -> Launch:
    """Return how to run a command in an environment.

    Args:
        environment: what is applied to the variables.
        command: the program's name or path, and its arguments.
        ambient: the variables devenv was called with.
        whose: tells in an error what the environment is of.

    Raises:
        ProgramError: there is no such program.
    """
    env = environment.applied_to(ambient)
    program = find_command(command[0], env.get("PATH", ""))
    if program is None:
        raise _no_command(command[0], whose)
    return Launch(program=program, argv=tuple(command), env=env)


def _no_command(name: str, whose: str) -> ProgramError:
    if "/" in name:
        return ProgramError("there is no such program", where=name)
    return ProgramError(
        f"there is no command called {name}",
        where=f"the environment of {whose}, and your own PATH",
        hint=f"add the package that holds it: devenv locate bin/{name}",
    )
