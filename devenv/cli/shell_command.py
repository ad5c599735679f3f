"""`devenv shell`."""

from functools import partial
from typing import Annotated

import typer

from devenv.cli import operations
from devenv.cli.options import (
    ARCHIVE,
    LOCK,
    Options,
    PackagesOption,
    add_command,
    given,
)
from devenv.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(
        app,
        "shell",
        shell,
        shares=[LOCK, ARCHIVE],
        examples=[
            "devenv shell",
            "devenv shell -p gcc -p libssl-dev -p pkg-config",
            "devenv shell --pure --keep GIT_AUTHOR_NAME -p git",
            "devenv shell -p nodejs -c 'node --version'",
        ],
    )


def shell(
    options: Options,
    *,
    packages: PackagesOption = None,
    pure: Annotated[
        bool,
        typer.Option("--pure", help="Forget the host's variables and rc files."),
    ] = False,
    keep: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="With --pure: a variable to keep."),
    ] = None,
    command: Annotated[
        str | None, typer.Option("--command", "-c", help="Run this and leave.")
    ] = None,
) -> None:
    """Open your own shell in the project's environment, or with packages in it."""
    wanted = given(packages)
    if keep and not pure:
        raise UsageError(
            "--keep says what --pure keeps", hint="add --pure, or leave --keep out"
        )
    doors = operations.open_doors(options)
    enter = partial(
        operations.enter_shell, doors, pure=pure, keep=given(keep), command=command
    )
    if wanted:
        start = enter(operations.make_ad_hoc(doors, wanted).environment)
    else:
        made = operations.enter_project(
            doors, options.project, operations.lock_mode(options)
        )
        start = enter(made.environment, texts=made.texts)
    operations.replace_self(start.argv, program=start.program, env=start.env)
