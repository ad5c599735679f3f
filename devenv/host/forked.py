"""A part of our own work, done in a forked copy of this process.

For work that is system calls and little else, on data that is in memory: a copy
has all of it at once, and needs nothing sent.
"""

import os
import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from devenv.errors import ProgramError

_TASKS = Path("/proc/self/task")
_FAILED = 1
_MAX_REPORT_BYTES = 1 << 16


def can_fork() -> bool:
    """Tell whether a copy would be worth it and safe.

    It needs a second processor. A copy has the locks of threads that it does not
    have, so there may be no other thread.
    """
    try:
        threads = len(os.listdir(_TASKS))  # noqa: PTH208 - names are enough
    except OSError:
        return False
    return threads == 1 and len(os.sched_getaffinity(0)) > 1


class Forked:
    """Work that a copy of this process does; see `forked`."""

    def __init__(self, child: int, report: int) -> None:
        self._child = child
        self._report = report
        self._is_over = False

    def wait(self) -> None:
        """Wait until it is done.

        Raises:
            OSError: the work raised it.
            ProgramError: the copy was killed, or broke down.
        """
        text = os.read(self._report, _MAX_REPORT_BYTES)
        _, status = os.waitpid(self._child, 0)
        self._is_over = True
        code = os.waitstatus_to_exitcode(status)
        if code == 0:
            return
        number, _, name = os.fsdecode(text).partition("\0")
        if number.isdecimal():
            raise OSError(int(number), os.strerror(int(number)), name or None)
        raise ProgramError(f"a process of ours ended early ({code}): {number}")

    def end(self) -> None:
        """Kill it if it is still running."""
        if not self._is_over:
            with suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
            self._is_over = True


@contextmanager
def forked(work: Callable[[], None]) -> Generator[Forked]:
    """Do `work` in a copy of this process while the body runs; see `can_fork`.

    What the copy changes in memory is lost. It ends with the body at the latest,
    with this process, and when it has done its work.

    Raises:
        OSError: there can be no more processes, or open files.
    """
    # Before the copy is made, which would import it by itself.
    from devenv.host.landlock import die_with_parent  # noqa: PLC0415 - ctypes

    reading, writing = os.pipe()
    try:
        child = os.fork()
        if child == 0:
            _become_child(work, writing, die_with_parent)
        os.close(writing)
        copy = Forked(child, reading)
        try:
            yield copy
        finally:
            copy.end()
    finally:
        os.close(reading)


class Turns:
    """Numbers from 0 on, each of which one process gets; see `turns`."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __iter__(self) -> Iterator[int]:
        while number := os.read(self._descriptor, 1):
            yield number[0]


@contextmanager
def turns(count: int) -> Generator[Turns]:
    """Yield `count` (at most 256) numbers that this process and its copies share."""
    reading, writing = os.pipe()
    try:
        try:
            os.write(writing, bytes(range(count)))
        finally:
            os.close(writing)
        yield Turns(reading)
    finally:
        os.close(reading)


def _become_child(
    work: Callable[[], None], report: int, die_with_parent: Callable[[], None]
) -> None:
    status = _FAILED
    try:
        signal.set_wakeup_fd(-1)
        # ^C reaches both: who waits for us says what is to be said.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        die_with_parent()
        work()
        status = 0
    except OSError as error:
        text = f"{error.errno}\0".encode() + os.fsencode(error.filename or "")
        os.write(report, text[:_MAX_REPORT_BYTES])
    except BaseException as error:  # noqa: BLE001 - told to the parent
        os.write(
            report, f"{type(error).__name__}: {error}".encode()[:_MAX_REPORT_BYTES]
        )
    finally:
        # Not sys.exit: nothing of the parent's may be cleaned up here.
        os._exit(status)
