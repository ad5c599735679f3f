"""The far side of `devenv.host.zygote`: one process that forks one per job.

It has one thread and few imports, so that a fork costs a millisecond and is safe.
"""

import os
import select
import signal
import socket
import struct
import time
from collections.abc import Callable, Sequence

from devenv.host.landlock import die_with_parent
from devenv.values import dataclass, replace

HEAD = struct.Struct("=d")
"""Before a request: how many seconds its job may take."""

TRAILER = struct.Struct("=i?")
"""After a job's answer: exit status, or minus the signal; whether time ran out."""

MAX_REQUEST_BYTES = 1 << 16
MAX_DESCRIPTORS = 8

Work = Callable[[bytes, Sequence[int]], None]
"""A job: its request, and its descriptors, the last of which takes the answer."""

_FAILED = 70
_MANY_JOBS = 4
"""Who asks for so many will ask for more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    report: int
    deadline: float
    is_overdue: bool = False


class Server:
    """Jobs from a socket, each run in a child of its own.

    Args:
        control: the socket that requests come from (SOCK_SEQPACKET). When its
            other end closes, all jobs are killed and `serve` returns.
        work: what a child does. Whatever it raises becomes exit status 70.
        rehearse: what makes children quicker. Called once, here, when there were
            many jobs and none waits: a few are done sooner without.
    """

    def __init__(
        self,
        control: socket.socket,
        work: Work,
        rehearse: Callable[[], object] | None = None,
    ) -> None:
        self._control = control
        self._work = work
        self._rehearse = rehearse
        self._begun = 0
        self._jobs: dict[int, _Job] = {}
        self._woken, self._waker = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)

    def serve(self) -> None:
        """Run jobs until the other end of the socket closes."""
        # A child's end interrupts the poll through this pipe; pidfd_open(2) would
        # do without signals, and is missing from kernels still in use.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(self._woken, select.POLLIN)
        is_open = True
        while is_open:
            for descriptor, _ in poll.poll(self._milliseconds_left()):
                if descriptor == self._woken:
                    os.read(self._woken, 4096)
                else:
                    is_open = self._accept()
            self._reap()
            self._kill_overdue()
            if self._rehearse and self._begun >= _MANY_JOBS and not poll.poll(0):
                self._rehearse()
                self._rehearse = None
        for child in self._jobs:
            os.kill(child, signal.SIGKILL)
        # Who waits for our end may rely on theirs.
        for child in self._jobs:
            os.waitpid(child, 0)

    def _accept(self) -> bool:
        request, descriptors, _, _ = socket.recv_fds(
            self._control,
            MAX_REQUEST_BYTES,
            MAX_DESCRIPTORS,
            socket.MSG_CMSG_CLOEXEC,
        )
        if not request:
            return False
        (seconds,) = HEAD.unpack_from(request)
        report = descriptors[-1]
        child = os.fork()
        if child == 0:
            self._become_child(request[HEAD.size :], descriptors)
        for descriptor in descriptors[:-1]:
            os.close(descriptor)
        self._jobs[child] = _Job(report=report, deadline=time.monotonic() + seconds)
        self._begun += 1
        return True

    def _become_child(self, request: bytes, descriptors: Sequence[int]) -> None:
        status = _FAILED
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            die_with_parent()
            # A copy of another job's descriptor would keep its reader waiting.
            self._control.close()
            for job in self._jobs.values():
                os.close(job.report)
            self._work(request, descriptors)
            status = 0
        finally:
            # Not sys.exit: nothing of the parent's may be cleaned up here.
            os._exit(status)

    def _reap(self) -> None:
        for child in tuple(self._jobs):
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                job = self._jobs.pop(child)
                code = os.waitstatus_to_exitcode(status)
                try:
                    os.write(job.report, TRAILER.pack(code, job.is_overdue))
                except BrokenPipeError:
                    pass  # nobody waits for it any more
                finally:
                    os.close(job.report)

    def _kill_overdue(self) -> None:
        now = time.monotonic()
        for child, job in self._jobs.items():
            if not job.is_overdue and job.deadline <= now:
                self._jobs[child] = replace(job, is_overdue=True)
                os.kill(child, signal.SIGKILL)

    def _milliseconds_left(self) -> float | None:
        waiting = [job.deadline for job in self._jobs.values() if not job.is_overdue]
        if not waiting:
            return None
        return max(0.0, min(waiting) - time.monotonic()) * 1000 + 1
