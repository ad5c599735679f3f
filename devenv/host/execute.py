"""Becoming another program: what a process needs for its last act, and no more."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from devenv.errors import ProgramError
from devenv.host import search_path
from devenv.typed import NoReturn

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
else:
    # Around it `signal` only makes enumerations.
    import _signal as signal

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
        raise not_started(str(program), error) from error


def is_program(path: Path) -> bool:
    """Tell whether `path` is a file that we may execute; never raise."""
    return search_path.is_program(str(path))


def find_command(name: str, path_variable: str) -> Path | None:
    """Return the executable a shell would run for `name`, or None."""
    found = search_path.find_program(name, path_variable)
    return None if found is None else Path(found)


def not_started(program: str, error: OSError) -> ProgramError:
    """Return the error for a program that the kernel did not start."""
    return ProgramError(
        f"{program} cannot be started: {error.strerror}", where=error.filename
    )
