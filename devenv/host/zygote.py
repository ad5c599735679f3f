"""A process of ours that forks a fresh child for every job it is sent.

Forking our own process would copy threads in any state; starting an interpreter
for every job costs 20 ms. So one small interpreter is started once, and forks.
Requests and descriptors travel over a socket, answers over a pipe each.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from threading import Lock

from devenv.errors import StoreError
from devenv.host.zygote_server import HEAD, TRAILER
from devenv.own_imports import whole_path
from devenv.values import dataclass

_START = (
    "import sys; sys.path += sys.argv[2:];"
    "from {module} import main; main(int(sys.argv[1]))"
)
_PIECE_BYTES = 1 << 18
_SECONDS_TO_END = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a job wrote, and how it ended.

    `status` is its exit status, or minus the signal that ended it. With
    `is_overdue` it was killed because its time was over.
    """

    content: bytes
    status: int
    is_overdue: bool


class Zygote:
    """A process that runs jobs in children; started by the first `ask`.

    Args:
        module: its `main(descriptor)` serves the socket with this descriptor,
            using `devenv.host.zygote_server`.

    Its methods may be called from any thread. After `close`, or when this process
    ends in whatever way, all its children are killed.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._lock = Lock()
        self._running: _Running | None = None
        self._is_closed = False

    def start(self) -> None:
        """Start the process, so that it is ready when it is first asked.

        Raises:
            StoreError: this was closed.
        """
        self._control()

    def ask(self, request: bytes, descriptors: Sequence[int], seconds: float) -> Answer:
        """Run one job, wait for its end and return its answer.

        Args:
            request: at most 60 KiB.
            descriptors: at most seven, which the job gets copies of.
            seconds: after this time the job is killed.

        Raises:
            StoreError: the process could not be started, or has ended.
        """
        control = self._control()
        reading, writing = os.pipe2(os.O_CLOEXEC)
        try:
            try:
                message = HEAD.pack(seconds) + request
                socket.send_fds(control, [message], [*descriptors, writing])
            finally:
                os.close(writing)
            content = _read_all(reading)
        except OSError as error:
            raise self._gone() from error
        finally:
            os.close(reading)
        if len(content) < TRAILER.size:
            raise self._gone()
        status, is_overdue = TRAILER.unpack(content[-TRAILER.size :])
        return Answer(
            content=content[: -TRAILER.size], status=status, is_overdue=is_overdue
        )

    def close(self) -> None:
        """Kill all jobs and end the process; may be called more than once."""
        with self._lock:
            self._is_closed = True
            running, self._running = self._running, None
        if running is None:
            return
        running.control.close()
        try:
            running.process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            running.process.kill()
            running.process.wait()
        os.close(running.complaints)

    def _control(self) -> socket.socket:
        with self._lock:
            if self._is_closed:
                raise StoreError("the unpacker was stopped")
            if self._running is None:
                self._running = _start(self._module)
            return self._running.control

    def _gone(self) -> StoreError:
        with self._lock:
            if self._is_closed:
                return StoreError("the unpacker was stopped")
            running = self._running
            text = b"" if running is None else os.pread(running.complaints, 4096, 0)
        last = text.decode("utf-8", "replace").strip().rpartition("\n")[2]
        return StoreError(f"the unpacker ended unexpectedly: {last or 'no reason'}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Running:
    process: subprocess.Popen[bytes]
    control: socket.socket
    complaints: int


def _start(module: str) -> _Running:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    complaints = os.memfd_create("complaints", os.MFD_CLOEXEC)
    places = [place for place in whole_path() if place.startswith("/")]
    # -I -S: nothing of the user's variables, folders or site files has a say.
    options = ("-I", "-S", "-X", "utf8", "-c", _START.format(module=module))
    with theirs:
        process = subprocess.Popen(
            [sys.executable, *options, str(theirs.fileno()), *places],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            pass_fds=[theirs.fileno()],
            # Not in the terminal's foreground group: Ctrl-C reaches us alone,
            # and we decide what it means for jobs.
            process_group=0,
        )
    return _Running(process=process, control=ours, complaints=complaints)


def _read_all(descriptor: int) -> bytes:
    parts = []
    while part := os.read(descriptor, _PIECE_BYTES):
        parts.append(part)
    return b"".join(parts)
