"""The only door to other programs."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from devenv.errors import ProgramError
from devenv.host.execute import not_started
from devenv.values import dataclass


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
        raise not_started(argv[0], error) from error
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


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        child.kill()
    child.communicate()
