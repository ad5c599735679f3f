"""`devenv hook` and `devenv deactivate`: what the user's own shell does."""

import sys
from typing import Annotated

import typer

from devenv.cli.display import display_for
from devenv.cli.options import Options, add_command
from devenv.cli.quick_hook import print_hook
from devenv.errors import UsageError
from devenv.host.hook_text import HOOK_LINES, RC_FILES
from devenv.plan.nearest import meant

_LINES = sorted(HOOK_LINES.items())


def register(app: typer.Typer) -> None:
    """Add the two commands."""
    add_command(
        app,
        "hook",
        hook,
        examples=[f"{line:<30} # in {RC_FILES[shell]}" for shell, line in _LINES],
    )
    add_command(app, "deactivate", deactivate, examples=["devenv deactivate"])


def hook(
    options: Options,
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, fish or zsh.")],
) -> int:
    """Print what a shell reads to follow you into projects."""
    if shell not in HOOK_LINES:
        known = "bash, fish and zsh"
        raise UsageError(
            f"there is no hook for {shell!r}, only for {known}",
            hint=meant(shell, HOOK_LINES)
            or "`devenv shell` and `devenv exec` work in every shell",
        )
    if sys.stdout.isatty():
        where = f"at the end of {RC_FILES[shell]}"
        display_for(options).note(f"to load it, put this {where}: {HOOK_LINES[shell]}")
    return print_hook(shell)


def deactivate(options: Options) -> None:
    """Leave the project's environment in this shell, until you leave its folder."""
    del options
    raise UsageError(
        "only the shell itself can do that, and it has not loaded devenv's hook",
        hint="`devenv hook --help` has the line that loads it",
    )
