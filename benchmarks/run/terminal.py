"""Start an interactive shell on a terminal of its own, and leave it at once."""

import os
import pty
import select
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import chdir
from pathlib import Path

from benchmarks.timing import BenchmarkError, Sample

TYPED = b"exit\n"
CHUNK = 4096
PATIENCE_SECONDS = 30


def timed_shell(
    command: Sequence[str], *, env: Mapping[str, str], directory: Path
) -> Sample:
    """Measure a shell from its start to its end, `exit` being typed ahead.

    It reads the line only when it is ready, so this is its start-up and the
    little that leaving takes, the same for every candidate.
    """
    terminal, other_end = pty.openpty()
    name = os.ttyname(other_end)
    os.write(terminal, TYPED)
    actions = [(os.POSIX_SPAWN_OPEN, fd, name, os.O_RDWR, 0) for fd in (0, 1, 2)]
    with chdir(directory):
        start = time.perf_counter()
        child = os.posix_spawn(
            command[0], [*command], env, file_actions=actions, setsid=True
        )
        os.close(other_end)
        said = _until_closed(terminal, child=child)
        _, status, usage = os.wait4(child, 0)
        seconds = time.perf_counter() - start
    os.close(terminal)
    if status != 0:
        raise BenchmarkError(f"{' '.join(command)}: failed\n{said.decode()}")
    return Sample(
        seconds=seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        largest_process_mib=usage.ru_maxrss / 1024,
    )


def _until_closed(terminal: int, *, child: int) -> bytes:
    said = b""
    while True:
        ready, _, _ = select.select([terminal], [], [], PATIENCE_SECONDS)
        if not ready:  # it does not read what is typed ahead
            os.kill(child, signal.SIGKILL)
        try:
            part = os.read(terminal, CHUNK)
        except OSError:  # EIO: nobody holds the other end any more
            return said
        said += part
