"""`devenv hook SHELL`, which every new shell runs."""

import os
import sys

from devenv.cli.streams import (
    DataOutputError,
    flush_data,
    open_closed_streams,
    output_lost,
)
from devenv.host.hook_text import (
    HOOK_LINES,
    find_command,
    render_completion,
    render_hook,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def hook(words: list[str]) -> int | None:
    """Print a hook for a shell that reads it; None if that must be explained."""
    if len(words) != 1 or words[0] not in HOOK_LINES:
        return None
    open_closed_streams()
    return None if sys.stdout.isatty() else print_hook(words[0])


def print_hook(shell: str) -> int:
    """Print a shell's hook and completion; return the exit status.

    `shell` is a key of `HOOK_LINES`.
    """
    command = find_command(sys.executable, os.environ.get("PATH", ""))
    return print_text(lambda: render_hook(shell, command) + render_completion(shell))


def print_text(render: "Callable[[], str]") -> int:
    """Print what a shell is to read; return the exit status."""
    try:
        # Bytes: the path of the command may have any.
        text = render().encode("utf-8", "surrogateescape")
        sys.stdout.flush()
        sys.stdout.buffer.write(text)
        flush_data()
    except (OSError, DataOutputError) as error:
        return output_lost(error)
    return 0
