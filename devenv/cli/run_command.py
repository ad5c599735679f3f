"""`devenv run`."""

from typing import Annotated

import typer

from devenv.cli.ad_hoc import run_words
from devenv.cli.options import ARCHIVE, Options, PackagesOption, add_command, given
from devenv.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(
        app,
        "run",
        run,
        shares=[ARCHIVE],
        passes_through=True,
        examples=[
            "devenv run cowsay hello",
            "devenv run -p python3 -p nodejs -- make test",
            "devenv run bookworm:jq --version",
        ],
    )


def run(
    options: Options,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="PKG [ARGS]... | -- CMD [ARGS]...", show_default=False),
    ] = None,
    *,
    packages: PackagesOption = None,
) -> None:
    """Run a package's program, or a command with packages on its PATH."""
    if not words:
        raise UsageError(
            "there is nothing to run",
            hint="devenv run PKG [ARGS...], or devenv run -p PKG -- CMD [ARGS...]",
        )
    run_words(options, given(packages), words)
