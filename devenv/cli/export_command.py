"""`devenv export direnv`: a project's environment for people who stay with direnv."""

import typer

from devenv.cli import operations
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


def direnv(options: Options) -> None:
    """Print the function `use devenv` for direnv's library folder."""
    del options
    data_line(operations.read_shell_hook("direnv.bash").rstrip("\n"))
