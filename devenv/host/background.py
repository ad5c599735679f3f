"""A program that runs beside us, for as long as we care about its end."""

import fcntl
import os
import subprocess
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from io import FileIO
from signal import SIGKILL

from devenv.errors import ProgramError
from devenv.host.process import Completed

_PIPE_BYTES = 1 << 20
"""What Linux allows to anybody."""


class Running:
    """A program that was started; see `running`."""

    def __init__(
        self,
        name: str,
        child: subprocess.Popen[bytes],
        outputs: Sequence[int],
        pipe: FileIO | None,
    ) -> None:
        self._name = name
        self._child = child
        self._stdout, self._stderr = outputs
        self._pipe = pipe

    def give(self, stdin: bytes) -> None:
        """Give a program that was started without it its whole standard input.

        One that has ended gets nothing; its result tells.
        """
        if self._pipe is None:
            raise ValueError(f"{self._name} had its input from the beginning")
        with suppress(BrokenPipeError), self._pipe as pipe:
            rest = memoryview(stdin)
            while rest:
                rest = rest[pipe.write(rest) :]

    def result(self, timeout_seconds: float) -> Completed:
        """Wait for its end.

        Raises:
            ProgramError: it took longer than this from now on.
        """
        try:
            status = self._child.wait(timeout_seconds)
        except subprocess.TimeoutExpired as error:
            raise ProgramError(
                f"{self._name} did not end within {timeout_seconds:g} seconds"
            ) from error
        return Completed(
            status=status, stdout=_content(self._stdout), stderr=_content(self._stderr)
        )


@contextmanager
def running(
    argv: Sequence[str], *, env: Mapping[str, str], stdin: bytes | None
) -> Generator[Running]:
    """Start a program; in the end kill it and its children if they still run.

    It gets `stdin`, exactly `env`, no terminal, and a process group of its own. None
    stands for what `give` will give it. What it writes is kept in memory.

    Raises:
        ProgramError: it is missing or cannot be executed.
    """
    with ExitStack() as stack:
        # Files in memory, not pipes: nobody has to read or write while it runs.
        files = [os.memfd_create(name, os.MFD_CLOEXEC) for name in ("out", "err")]
        for descriptor in files:
            stack.callback(os.close, descriptor)
        reading, pipe = _pipe() if stdin is None else (_filled(stdin), None)
        if pipe is not None:
            stack.enter_context(pipe)
        try:
            child = _start(argv, env, (reading, *files))
        finally:
            # Nobody but the program can read: if it has ended, a pipe is broken.
            os.close(reading)
        stack.callback(_end, child)
        yield Running(argv[0], child, files, pipe)


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, SIGKILL)
        child.wait()


def _filled(content: bytes) -> int:
    """Return a file in memory, open at the beginning of its content."""
    descriptor = os.memfd_create("in", os.MFD_CLOEXEC)
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _pipe() -> tuple[int, FileIO]:
    """Return both ends of a pipe that takes much at once, where that is allowed."""
    reading, writing = os.pipe2(os.O_CLOEXEC)
    with suppress(OSError):
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    return reading, FileIO(writing, "wb")


def _start(
    argv: Sequence[str], env: Mapping[str, str], files: Sequence[int]
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            list(argv),
            stdin=files[0],
            stdout=files[1],
            stderr=files[2],
            env=dict(env),
            process_group=0,
        )
    except OSError as error:
        raise ProgramError(
            f"{argv[0]} cannot be started: {error.strerror}", where=error.filename
        ) from error


def _content(descriptor: int) -> bytes:
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)
