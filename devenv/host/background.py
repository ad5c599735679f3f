"""A program that runs beside us, for as long as we care about its end."""

import os
import subprocess
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from signal import SIGKILL

from devenv.errors import ProgramError
from devenv.host.process import Completed


class Running:
    """A program that was started; see `running`."""

    def __init__(
        self, name: str, child: subprocess.Popen[bytes], stdout: int, stderr: int
    ) -> None:
        self._name = name
        self._child = child
        self._stdout = stdout
        self._stderr = stderr

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
    argv: Sequence[str], *, env: Mapping[str, str], stdin: bytes
) -> Generator[Running]:
    """Start a program; in the end kill it and its children if they still run.

    It gets `stdin`, exactly `env`, no terminal, and a process group of its own.
    What it writes is kept in memory.

    Raises:
        ProgramError: it is missing or cannot be executed.
    """
    # Files in memory, not pipes: nobody has to read or write while it runs.
    files = [os.memfd_create(name, os.MFD_CLOEXEC) for name in ("in", "out", "err")]
    try:
        with os.fdopen(os.dup(files[0]), "wb") as file:
            file.write(stdin)
        os.lseek(files[0], 0, os.SEEK_SET)
        child = _start(argv, env, files)
        try:
            yield Running(argv[0], child, files[1], files[2])
        finally:
            if child.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, SIGKILL)
                child.wait()
    finally:
        for descriptor in files:
            os.close(descriptor)


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
