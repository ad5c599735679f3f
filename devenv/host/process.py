"""The only door to other programs."""

import os
import signal
import stat
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from devenv.errors import ProgramError

OUR_UMASK = 0o077
"""What we make is ours alone, unless its mode is set; see `guard_umask`."""

_ambient_umask: list[int] = []


def guard_umask() -> None:
    """Make what this process creates ours and usable, whatever the user's umask.

    A umask of 0777 would take even our own rights. `replace_self` gives the
    program the user's back.
    """
    _ambient_umask.append(os.umask(OUR_UMASK))


_IGNORED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """How a program ended. A negative `status` is the signal that ended it."""

    status: int
    stdout: bytes
    stderr: bytes


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    stdin: bytes = b"",
    timeout_seconds: float | None = None,
    cwd: Path | None = None,
) -> Completed:
    """Run a program to its end, and return what it wrote.

    `argv[0]` is looked up on the PATH of `env` unless it has a slash. The
    program gets `stdin` and no terminal, exactly `env`, and no descriptor of
    ours. It leads a process group of its own, which is killed when the time is
    over or the wait is interrupted.

    Raises:
        ProgramError: it is missing, cannot be executed, or took too long.
    """
    try:
        child = subprocess.Popen(
            list(argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(env),
            cwd=cwd,
            process_group=0,
        )
    except OSError as error:
        raise _not_started(argv[0], error) from error
    try:
        stdout, stderr = child.communicate(stdin, timeout=timeout_seconds)
    except BaseException as error:
        _kill_group(child)
        if isinstance(error, subprocess.TimeoutExpired):
            raise ProgramError(
                f"{argv[0]} did not end within {timeout_seconds:g} seconds"
            ) from error
        raise
    return Completed(status=child.returncode, stdout=stdout, stderr=stderr)


def replace_self(
    argv: Sequence[str], *, program: Path, env: Mapping[str, str]
) -> NoReturn:
    """Become `program`, with `argv` (its name included) and exactly `env`.

    It starts with the signals as a shell leaves them: Python ignores two at its
    own start, and what is ignored stays so across execve(2).

    Raises:
        ProgramError: it is missing or cannot be executed; nothing has changed.
    """
    before = [(number, signal.getsignal(number)) for number in _IGNORED_BY_PYTHON]
    for number in _IGNORED_BY_PYTHON:
        signal.signal(number, signal.SIG_DFL)
    if _ambient_umask:
        os.umask(_ambient_umask[0])
    try:
        os.execve(program, list(argv), dict(env))  # noqa: S606 (no shell: meant)
    except OSError as error:
        for number, action in before:
            signal.signal(number, action)
        if _ambient_umask:
            os.umask(OUR_UMASK)
        raise _not_started(str(program), error) from error


def is_program(path: Path) -> bool:
    """Tell whether `path` is a file that we may execute; never raise.

    A folder on the way that we may not search, and a name too long, are a no.
    """
    try:
        return stat.S_ISREG(path.stat().st_mode) and os.access(path, os.X_OK)
    except (OSError, ValueError):
        return False


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        child.kill()
    child.communicate()


def _not_started(program: str, error: OSError) -> ProgramError:
    return ProgramError(
        f"{program} cannot be started: {error.strerror}", where=error.filename
    )
