"""`devenv hook SHELL`, which every new shell runs."""

import os
import sys

from devenv.cli.streams import (
    DataOutputError,
    flush_data,
    open_closed_streams,
    output_lost,
)
from devenv.host.hook_text import HOOK_LINES, find_command, render_hook


def hook(words: list[str]) -> int | None:
    """Print a hook for a shell that reads it; None if that must be explained."""
    if len(words) != 1 or words[0] not in HOOK_LINES:
        return None
    open_closed_streams()
    return None if sys.stdout.isatty() else print_hook(words[0])


def print_hook(shell: str) -> int:
    """Print the hook of a shell, a key of `HOOK_LINES`; return the exit status."""
    command = find_command(sys.executable, os.environ.get("PATH", ""))
    try:
        # Bytes: the path of the command may have any.
        text = render_hook(shell, command).encode("utf-8", "surrogateescape")
        sys.stdout.flush()
        sys.stdout.buffer.write(text)
        flush_data()
    except (OSError, DataOutputError) as error:
        return output_lost(error)
    return 0
