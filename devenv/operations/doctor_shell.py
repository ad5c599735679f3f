"""The doctor looks at the shell that asks, the command, and the shells there are."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from devenv.errors import ProgramError
from devenv.host.base_directories import home
from devenv.host.calling_shell import Caller, calling_shell
from devenv.host.files import read_limited
from devenv.host.hook_text import HOOK_LINES, RC_FILES, hook_mark, own_launcher
from devenv.host.process import run
from devenv.host.search_path import find_program, is_program
from devenv.model.finding import Finding
from devenv.operations.doctor_asking import Asking
from devenv.plan.diagnosis.shells import (
    CommandPlace,
    HookFacts,
    LoadedHook,
    diagnose_commands,
    diagnose_hook,
    diagnose_shells,
)

HOOK_VARIABLE = "_devenv_mark"
_LOADED = re.compile(r"(bash|zsh|fish) ([0-9a-f]{8}) (\d+)")
_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")
_OURS = (b"devenv/__main__.py", b"devenv.__main__")
_HEAD_BYTES = 1 << 16
_MAX_RC_BYTES = 1 << 20
_ANSWER_SECONDS = 2.0


def look_at_hook(asking: Asking) -> Iterator[Finding]:
    """Yield how the hook is in the shell that asks."""
    yield diagnose_hook(_hook_facts(asking, calling_shell(HOOK_LINES)))


def look_at_commands(asking: Asking) -> Iterator[Finding]:
    """Yield what the name of this command leads to."""
    own = {os.path.realpath(asking.command), os.path.realpath(own_launcher())}
    folders = dict.fromkeys(asking.env.get("PATH", "").split(":"))
    paths = [f"{folder or '.'}/devenv" for folder in folders]
    # Links to one file are one program.
    programs = {
        os.path.realpath(path): path for path in reversed(paths) if is_program(path)
    }
    places = [
        CommandPlace(
            path=path,
            is_this=real in own,
            is_ours=any(word in _head(Path(path)) for word in _OURS),
        )
        for real, path in reversed(programs.items())
    ]
    yield from diagnose_commands(places)


def look_at_shells(asking: Asking) -> Iterator[Finding]:
    """Yield which shells there are, of those that have a hook."""
    search_path = asking.env.get("PATH", "")
    found = {name: find_program(name, search_path) for name in HOOK_LINES}
    yield from diagnose_shells(
        {name: _version(path) for name, path in found.items() if path is not None}
    )


def _hook_facts(asking: Asking, caller: Caller | None) -> HookFacts:
    if caller is None:
        return HookFacts(shell_name=None)
    shown = RC_FILES[caller.name]
    rc_file = Path(shown.replace("~", home(asking.env), 1))
    if caller.name == "zsh" and (folder := asking.env.get("ZDOTDIR")):
        rc_file = Path(folder) / ".zshrc"
    return HookFacts(
        shell_name=caller.name,
        pids=caller.pids,
        loaded=_loaded(asking.env.get(HOOK_VARIABLE, "")),
        mark=hook_mark(caller.name),
        line=HOOK_LINES[caller.name],
        rc_file=str(rc_file),
        is_in_rc_file=f"devenv hook {caller.name}".encode() in _content(rc_file),
    )


def _loaded(text: str) -> LoadedHook | None:
    match = _LOADED.fullmatch(text)
    if match is None:
        return None
    return LoadedHook(shell_name=match[1], mark=match[2], pid=int(match[3]))


def _version(path: str) -> tuple[int, ...] | None:
    try:
        # Nothing of the user's is read: no rc file, no variable.
        done = run([path, "--version"], env={}, timeout_seconds=_ANSWER_SECONDS)
    except ProgramError:
        return None
    match = _VERSION.search(done.stdout.decode("utf-8", "replace"))
    return tuple(int(part) for part in match.groups() if part) if match else None


def _content(file: Path) -> bytes:
    try:
        return read_limited(file, max_bytes=_MAX_RC_BYTES)
    except OSError:
        return b""


def _head(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(_HEAD_BYTES)
    except OSError:
        return b""
