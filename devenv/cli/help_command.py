"""`devenv help`: the help of a command, as people ask for it."""

from typing import Annotated

import typer

from devenv.cli.options import Options, add_command


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(
        app,
        "help",
        show_help,
        examples=["devenv help", "devenv help run", "devenv help store verify"],
    )


def show_help(
    options: Options,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[COMMAND]...", show_default=False)
    ] = None,
) -> int:
    """Show the help of a command, or what commands there are."""
    # Only main has the whole command line, and it imports this module by its name.
    from devenv.cli.main import main  # noqa: PLC0415

    del options
    return main([*(words or ()), "--help"])
