"""`devenv completion SHELL`: for who wants it without the hook, which has it."""

from typing import Annotated

import typer

from devenv.cli.options import Options, add_command
from devenv.cli.quick_hook import print_text
from devenv.errors import UsageError
from devenv.host.hook_text import HOOK_LINES, render_completion
from devenv.plan.nearest import meant


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(
        app,
        "completion",
        completion,
        examples=[
            'eval "$(devenv completion bash)"     # the hook has it, too',
            "devenv completion fish >~/.config/fish/completions/devenv.fish",
        ],
    )


def completion(
    options: Options,
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, fish or zsh.")],
) -> int:
    """Print what completes devenv's commands when Tab is pressed."""
    del options
    if shell not in HOOK_LINES:
        raise UsageError(
            f"there is no completion for {shell!r}, only for bash, fish and zsh",
            hint=meant(shell, HOOK_LINES) or "devenv completion bash",
        )
    return print_text(lambda: render_completion(shell))
