"""Telling the desktop something, where it can be told."""

from collections.abc import Mapping
from pathlib import Path

from devenv.errors import ProgramError
from devenv.formats.printable import printable
from devenv.host.detach import start_behind
from devenv.host.search_path import is_program

_LINUX = 'notify-send --app-name=devenv "devenv: $1" "$2" >/dev/null 2>&1 &'
_MAC = (
    'osascript -e "on run argv" -e "display notification (item 2 of argv)'
    ' with title (item 1 of argv)" -e "end run" "devenv: $1" "$2" >/dev/null 2>&1 &'
)


def notify(env: Mapping[str, str], project: str, sentence: str) -> bool:
    """Show a notification behind us; tell whether there is a program for it."""
    for program, script in (("notify-send", _LINUX), ("osascript", _MAC)):
        folders = [part for part in env.get("PATH", "").split(":") if part]
        if not any(is_program(f"{folder}/{program}") for folder in folders):
            continue
        name = printable(project.rpartition("/")[2])
        words = ["/bin/sh", "-c", script, "sh", name, printable(sentence)]
        try:
            start_behind(words, env=env, folder=Path("/"))
        except ProgramError:
            return False
        return True
    return False
