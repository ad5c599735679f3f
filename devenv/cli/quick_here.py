"""`devenv` alone: where we are, and the likely next command.

Nothing is opened, decided or made: it works wherever anything else fails.
"""

import os

from devenv import __version__
from devenv.cli.streams import (
    DataOutputError,
    data_line,
    flush_data,
    open_closed_streams,
    output_lost,
)
from devenv.formats.printable import printable
from devenv.host.base_directories import state_directory
from devenv.host.project_folder import SPEC_FILE, nearest_project
from devenv.plan.next_step import (
    FILES,
    OTHER_TOOLS_FILES,
    hook_advice,
    outside_lines,
    project_lines,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_LOCK = "devenv.lock.toml"
_LOCAL = "devenv.local.toml"
_SHELLS = ("bash", "zsh", "fish")
_MAX_BYTES = 1 << 16
_MAX_SPEC_BYTES = 1 << 20


def here(words: list[str]) -> int | None:
    """Print where we are; None if there are words."""
    if words:
        return None
    open_closed_streams()
    env = dict(os.environ)
    try:
        data_line(f"devenv {__version__}: tools for a project, in your own shell")
        data_line("")
        for name, text in _lines(env):
            data_line(printable(f"{name:<8} {text}"))
        data_line(f"{'more':<8} devenv --help")
        flush_data()
    except (BrokenPipeError, DataOutputError) as error:
        return output_lost(error)
    return 0


def _lines(env: dict[str, str]) -> list[tuple[str, str]]:
    shell, is_hooked = asking_shell(env.get("_devenv_mark", ""))
    try:
        folder = os.getcwd()  # noqa: PTH109 - pathlib takes 5 ms
        project = nearest_project(folder, ceiling=env.get("DEVENV_CEILING", ""))
    except OSError:
        return [("here", "a folder that is gone: cd somewhere else")]
    if project is None:
        found = [n for n in (*FILES, *OTHER_TOOLS_FILES) if os.path.lexists(n)]
        return outside_lines(
            folder=folder, found=found, shell=shell, is_hooked=is_hooked
        )
    return project_lines(
        project=project, facts=_facts(project, env), shell=shell, is_hooked=is_hooked
    )


def _facts(project: str, env: dict[str, str]) -> dict[str, str]:
    word = sentence = ""
    told = 0
    try:
        place = f"{state_directory(env)}/hook{project.rstrip('/')}/:e/state"
        word, _, rest = _read(place, _MAX_BYTES).partition("\n")
        sentence = rest.partition("\n")[0]
        told = os.stat(place).st_mtime_ns  # noqa: PTH116 - likewise
    except Exception:  # noqa: BLE001, S110 - no home, no state: then nothing was told
        pass
    newer = [
        name
        for name in (SPEC_FILE, _LOCAL, _LOCK)
        if told and _changed(f"{project}/{name}") > told
    ]
    return {
        "word": word,
        "sentence": sentence,
        "wrong": _what_is_wrong(f"{project}/{SPEC_FILE}"),
        "lock": _LOCK if os.path.lexists(f"{project}/{_LOCK}") else "",
        "newer": newer[0] if newer else "",
    }


def _what_is_wrong(spec: str) -> str:
    """Return why a spec is no TOML, "" if it is; keys are `devenv check`'s."""
    try:
        text = _read(spec, _MAX_SPEC_BYTES)
    except OSError as error:
        return f"{SPEC_FILE} cannot be read: {error.strerror}"
    except ValueError:
        return f"{SPEC_FILE} is not UTF-8"
    import tomllib  # noqa: PLC0415 - what a folder without a spec spares

    try:
        tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return f"{SPEC_FILE} is not TOML: {error}"
    return ""


def _read(path: str, most: int) -> str:
    with open(path, "rb") as file:  # noqa: PTH123 - likewise
        return file.read(most).decode()


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - likewise
    except OSError:
        return 0


def hook_text(env: "Mapping[str, str]") -> str:
    """Return what to say of the hook in the shell that asks, "" for nothing."""
    shell, is_hooked = asking_shell(env.get("_devenv_mark", ""))
    return hook_advice(shell, is_hooked=is_hooked)


def asking_shell(mark: str) -> tuple[str, bool]:
    """Return the shell that called us, "" for none with a hook, and if it has it.

    `mark` is what a hook leaves for programs: the shell, its version, its process.
    """
    hooked = mark.rpartition(" ")[2]
    pid = os.getppid()
    nearest = ""
    while pid > 1:
        try:
            text = _read(f"/proc/{pid}/stat", _MAX_BYTES)
        except (OSError, ValueError):
            break
        # The name may have any characters: the last bracket ends it (proc(5)).
        head, _, rest = text.rpartition(")")
        name = head.partition("(")[2]
        if nearest and name != nearest:
            break
        if name in _SHELLS:
            nearest = name
            if str(pid) == hooked:
                return nearest, True
        pid = int(rest.split()[1])
    return nearest, False
