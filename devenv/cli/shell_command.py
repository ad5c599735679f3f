"""`devenv shell`."""

from typing import Annotated

import typer

from devenv.cli import operations
from devenv.cli.options import ARCHIVE, Options, PackagesOption, add_command, given
from devenv.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(
        app,
        "shell",
        shell,
        shares=[ARCHIVE],
        examples=[
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
    """Open your own shell with packages in it."""
    wanted = given(packages)
    if keep and not pure:
        raise UsageError(
            "--keep says what --pure keeps", hint="add --pure, or leave --keep out"
        )
    if not wanted:
        raise UsageError(
            "no package was asked for", hint="devenv shell -p PKG [-p PKG]..."
        )
    doors = operations.open_doors(options)
    made = operations.make_ad_hoc(doors, wanted)
    start = operations.enter_shell(
        doors, made.environment, pure=pure, keep=given(keep), command=command
    )
    operations.replace_self(start.argv, program=start.program, env=start.env)
