"""`devenv wait`, and what it takes to build behind whoever asked."""

import sys
from pathlib import Path

import devenv
from devenv.host.detach import start_behind
from devenv.model.activation import HookWord
from devenv.model.trust import TrustState
from devenv.operations.build_folder import read_hook_state, wait_for_build
from devenv.operations.doors import Doors
from devenv.operations.project_status import project_status
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """How a project stands after the wait; `word` and `sentence` as hooks have it."""

    is_ready: bool
    word: str
    sentence: str


def reload_behind(doors: Doors, folder: Path) -> None:
    """Have a project looked at anew behind us; its build lock is held on return.

    Raises:
        ProgramError: devenv cannot be started.
    """
    main = Path(devenv.__file__).parent / "__main__.py"
    words = ("reload", "--background", "--project", str(folder))
    options = ("--offline",) if doors.offline else ()
    start_behind(
        [sys.executable, "-I", "-S", str(main), *words, *options],
        env=doors.env,
        folder=folder,
    )


def wait_for_project(
    doors: Doors, folder: Path, *, timeout_seconds: float | None
) -> Waited | None:
    """Wait until a project's environment is as the project is; None after the time.

    If nobody builds it and something has changed, it is built behind us.

    Raises:
        StoreError: the state folder is not ours.
        ProgramError: devenv cannot be started.
    """
    state, project = doors.directories.state, str(folder.resolve())
    began = doors.clock.monotonic()
    if not wait_for_build(state, project, timeout_seconds):
        return None
    if _is_to_be_built(doors, folder):
        reload_behind(doors, folder)
        left = None
        if timeout_seconds is not None:
            passed = doors.clock.monotonic() - began
            left = max(0.0, timeout_seconds - passed)
        if not wait_for_build(state, project, left):
            return None
    word, sentence = read_hook_state(state, project)
    found = project_status(doors, folder)
    is_ready = (
        found.state is TrustState.ALLOWED
        and found.is_active
        and word == HookWord.ALLOWED
        and not found.problem
    )
    if found.problem and not sentence:
        sentence = found.problem
    return Waited(is_ready=is_ready, word=word or found.state.value, sentence=sentence)


def _is_to_be_built(doors: Doors, folder: Path) -> bool:
    found = project_status(doors, folder)
    is_changed = bool(found.told or found.needed or found.problem)
    if any(file.change not in {"same", "absent"} for file in found.watched):
        is_changed = True
    is_ready = found.is_active and found.word == HookWord.ALLOWED
    return found.state in {TrustState.ALLOWED, TrustState.CHANGED} and (
        is_changed or not is_ready
    )
