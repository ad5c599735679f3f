"""`devenv run` and `shell`, apart from typer: what becomes a program or a shell."""

from collections.abc import Sequence
from functools import partial

from devenv.cli import operations
from devenv.cli.option_values import Options


def run_words(options: Options, packages: Sequence[str], words: Sequence[str]) -> None:
    """Become a package's program, or a command with `packages` on its PATH.

    Raises:
        DevenvError: it cannot be made, or has no such program.
    """
    doors = operations.open_doors(options)
    first, *rest = words
    launch = (
        operations.run_command(doors, packages, words)
        if packages
        else operations.run_package(doors, first, rest)
    )
    operations.replace_self(launch.argv, program=launch.program, env=launch.env)


def open_shell(
    options: Options,
    packages: Sequence[str],
    *,
    pure: bool = False,
    keep: Sequence[str] = (),
    command: str | None = None,
) -> None:
    """Become the user's shell, with `packages` or in the project's environment.

    Raises:
        DevenvError: it cannot be made, or there is no such shell.
    """
    doors = operations.open_doors(options)
    enter = partial(
        operations.enter_shell, doors, pure=pure, keep=keep, command=command
    )
    if packages:
        start = enter(operations.make_ad_hoc(doors, packages).environment)
    else:
        made = operations.enter_project(
            doors, options.project, operations.lock_mode(options)
        )
        start = enter(made.environment, texts=made.texts)
    operations.replace_self(start.argv, program=start.program, env=start.env)
