"""`devenv shell`."""

from typing import Annotated

import typer

from devenv.cli.ad_hoc import open_shell
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
    if keep and not pure:
        raise UsageError(
            "--keep says what --pure keeps", hint="add --pure, or leave --keep out"
        )
    open_shell(options, given(packages), pure=pure, keep=given(keep), command=command)
