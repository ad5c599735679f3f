"""`devenv run`."""

from typing import Annotated

import typer

from devenv.cli import operations
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

_PASS_THROUGH = {
    # Everything after the program's name is the program's.
    "allow_interspersed_args": False,
    "ignore_unknown_options": False,
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "run",
        context_settings=_PASS_THROUGH,
        epilog=examples(
            "devenv run cowsay hello",
            "devenv run -p python3 -p nodejs -- make test",
            "devenv run bookworm:jq --version",
        ),
    )(run)


def run(  # noqa: PLR0913 - an argument an option
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="PKG [ARGS]... | -- CMD [ARGS]...", show_default=False),
    ] = None,
    *,
    packages: PackagesOption = None,
    offline: OfflineOption = False,
    refresh: RefreshOption = False,
    allow_rollback: RollbackOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    no_color: NoColorOption = False,
) -> None:
    """Run a package's program, or a command with packages on its PATH."""
    if not words:
        raise UsageError(
            "there is nothing to run",
            hint="devenv run PKG [ARGS...], or devenv run -p PKG -- CMD [ARGS...]",
        )
    doors = operations.open_doors(
        Options(
            offline=offline,
            refresh=refresh,
            allow_rollback=allow_rollback,
            quiet=quiet,
            verbose=verbose,
            no_color=no_color,
        )
    )
    first, *rest = words
    wanted = given(packages)
    launch = (
        operations.run_command(doors, wanted, words)
        if wanted
        else operations.run_package(doors, first, rest)
    )
    operations.replace_self(launch.argv, program=launch.program, env=launch.env)
