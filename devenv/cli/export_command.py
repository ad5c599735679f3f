"""`devenv export`: an environment for direnv, for runs elsewhere, and as an image."""

from typing import Annotated

import typer

from devenv.cli import image_command, operations
from devenv.cli.display import data_line
from devenv.cli.options import Options, add_command


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    export = typer.Typer(no_args_is_help=True, help="Hand an environment to others.")
    app.add_typer(export, name="export")
    add_command(
        export,
        "direnv",
        direnv,
        examples=[
            "devenv export direnv >~/.config/direnv/lib/devenv.sh",
            "echo 'use devenv' >>.envrc && direnv allow",
        ],
    )
    add_command(
        export,
        "ci",
        ci,
        examples=["devenv export ci github --run 'make test'"],
    )
    image_command.register(export)


def direnv(options: Options) -> None:
    """Print the function `use devenv` for direnv's library folder."""
    del options
    data_line(operations.read_shell_hook("direnv.bash").rstrip("\n"))


def ci(
    options: Options,
    service: Annotated[str, typer.Argument(metavar="github|gitlab")],
    *,
    run: Annotated[
        str, typer.Option(metavar="CMD", help="What runs in the environment.")
    ] = "make test",
) -> None:
    """Print a recipe for continuous integration that keeps store and downloads."""
    del options
    data_line(operations.ci_recipe(service, run).rstrip("\n"))
