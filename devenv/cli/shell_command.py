"""`devenv shell`."""

from typing import Annotated

import typer

from devenv.cli.context import open_doors
from devenv.cli.options import (
    NoColorOption,
    OfflineOption,
    Options,
    PackagesOption,
    QuietOption,
    RefreshOption,
    RollbackOption,
    VerboseOption,
    examples,
    given,
)
from devenv.errors import UsageError
from devenv.host.process import replace_self
from devenv.operations.enter_shell import enter_shell
from devenv.operations.run_program import make_ad_hoc


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "shell",
        epilog=examples(
            "devenv shell -p gcc -p libssl-dev -p pkg-config",
            "devenv shell --pure --keep GIT_AUTHOR_NAME -p git",
            "devenv shell -p nodejs -c 'node --version'",
        ),
    )(shell)


def shell(  # noqa: PLR0913 - an argument an option
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
    offline: OfflineOption = False,
    refresh: RefreshOption = False,
    allow_rollback: RollbackOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    no_color: NoColorOption = False,
) -> None:
    """Open your own shell with packages in it."""
    wanted = given(packages)
    if not wanted:
        raise UsageError(
            "no package was asked for", hint="devenv shell -p PKG [-p PKG]..."
        )
    doors = open_doors(
        Options(
            offline=offline,
            refresh=refresh,
            allow_rollback=allow_rollback,
            quiet=quiet,
            verbose=verbose,
            no_color=no_color,
        )
    )
    made = make_ad_hoc(doors, wanted)
    start = enter_shell(
        doors, made.environment, pure=pure, keep=given(keep), command=command
    )
    replace_self(start.argv, program=start.program, env=start.env)
