"""A process that goes on by itself, behind the one that was called."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import DEVNULL, Popen

from devenv.errors import ProgramError

_LOG_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW


def go_on_behind(log: Path) -> bool:
    """Split in two: True in the process that goes on, False in the one that may end.

    The one that goes on has no terminal, is nobody's child to wait for, and what it
    prints is in `log`, which begins anew. What was open stays open in both: call
    it before a database or a thread is.

    Raises:
        OSError: there can be no further process.
    """
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return False
    try:
        os.setsid()
        if os.fork():
            os._exit(0)
        _redirect(log)
    except OSError:
        os._exit(1)
    return True


def start_behind(argv: Sequence[str], *, env: Mapping[str, str], folder: Path) -> None:
    """Start a program that prints nothing and is not waited for beyond its start.

    It is expected to go on behind by itself, and is waited for until it has.

    Raises:
        ProgramError: it cannot be started.
    """
    try:
        started = Popen(
            list(argv),
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,
            env=dict(env),
            cwd=folder,
        )
    except OSError as error:
        raise ProgramError(
            f"{argv[0]} cannot be started: {error.strerror}", where=error.filename
        ) from error
    started.wait()


def _redirect(log: Path) -> None:
    nowhere = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    written = os.open(log, _LOG_FLAGS, 0o600)
    for target, source in ((0, nowhere), (1, written), (2, written)):
        os.dup2(source, target)
