"""`devenv exec` in a project whose record still holds by the content of its files.

The launcher sees that a file was touched; here it is read, and found to be the same.
"""

import os
import time

from devenv.host.base_directories import (
    config_directory,
    data_directory,
    state_directory,
)
from devenv.host.project_folder import nearest_project
from devenv.host.search_path import find_program
from devenv.model.apply import applied, marked
from devenv.operations.record_check import RECORD, folder_of, holds, read_head

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
else:
    # Around it `signal` only makes enumerations: a third of this command's imports.
    import _signal as signal


def execute(words: list[str]) -> int | None:
    """Become the program as `devenv.cli.enter` would, or return None."""
    command = words[1:] if words[:1] == ["--"] else words
    if not command or not command[0] or command[0].startswith("-"):
        return None
    try:
        env = _environment(dict(os.environ))
        program = env and find_program(command[0], env.get("PATH", ""))
    except Exception:  # noqa: BLE001 - whatever it is, the long way says it
        return None
    if env and program:
        # Python ignores both at its start, and what is ignored stays so.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        try:
            os.execve(program, command, env)  # noqa: S606 (no shell: meant)
        except OSError:
            return None
    return None


def _environment(env: dict[str, str]) -> dict[str, str] | None:
    """Return the variables in the project's environment, if a record tells them."""
    project = nearest_project(".", ceiling=env.get("DEVENV_CEILING", ""))
    if project is None:
        return None
    folder = folder_of(state_directory(env), project)
    head = read_head(f"{folder}/{RECORD}")
    if head is None or _is_newer(f"{config_directory(env)}/config.toml", folder):
        return None
    store = env.get("DEVENV_STORE_DIR") or f"{data_directory(env)}/devenv/store"
    now = time.time()
    if not holds(folder, head, env=env, store_directory=store, now_seconds=now):
        return None
    found = head["environment"]
    return applied(
        env,
        values=marked(found["values"], found["trees"]),  # type: ignore[index]
        unset=found["unset"],  # type: ignore[index]
        prepend=found["prepend"],  # type: ignore[index]
        append=found["append"],  # type: ignore[index]
    )


def _is_newer(file: str, folder: str) -> bool:
    """Tell whether a file was changed after the record in a folder was written."""
    try:
        changed = os.stat(file).st_mtime_ns  # noqa: PTH116 - see host.search_path
    except OSError:
        return False
    return changed > os.stat(f"{folder}/{RECORD}").st_mtime_ns  # noqa: PTH116
