"""Builds: copies of this process that make a project's environment, and end.

What it imports and takes in memory goes with it. It is a session of its own, so that
it can be ended with all that it started, and it does not outlive us.
"""

import json
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from devenv.host.landlock import die_with_parent
from devenv.model.watching import Outcome
from devenv.values import dataclass

_MAX_REPORT_BYTES = 1 << 14
_LOG_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How making a project ended, and the sentence that hooks were told."""

    outcome: Outcome
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """What a copy of this process does.

    `prepare` imports what will be needed; `make` makes a project with variables
    around it. What it prints is the log.
    """

    prepare: Callable[[], None]
    make: Callable[[Mapping[str, str], str], Made]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy:
    """A copy that waits for what to do: where it is told, and where it reports."""

    child: int
    report: int
    job: int


@dataclass(slots=True)
class Build:
    """A build that runs, or has ended but was not yet asked how (`result`)."""

    child: int
    report: int
    is_stopped: bool = False
    is_overdue: bool = False

    def stop(self) -> None:
        """End it, and all that it started."""
        self.is_stopped = True
        with suppress(ProcessLookupError):
            os.killpg(self.child, signal.SIGKILL)
        with suppress(ProcessLookupError):
            # It may not have become the head of a group yet.
            os.kill(self.child, signal.SIGKILL)

    def result(self) -> Made | None:
        """Return how it ended, once; None while it runs."""
        found, status = os.waitpid(self.child, os.WNOHANG)
        if not found:
            return None
        content = os.read(self.report, _MAX_REPORT_BYTES)
        os.close(self.report)
        if self.is_overdue:
            return Made(outcome=Outcome.FAILED, sentence="failed: it took too long")
        if self.is_stopped:
            return Made(outcome=Outcome.STOPPED)
        with suppress(ValueError, KeyError, TypeError):
            said = json.loads(content)
            return Made(
                outcome=Outcome(said["outcome"]), sentence=str(said["sentence"])
            )
        code = os.waitstatus_to_exitcode(status)
        sentence = f"failed: the build ended early ({code})"
        return Made(outcome=Outcome.FAILED, sentence=sentence)


class Builder:
    """Starts builds: each in a copy of this process, one of which may stand ready.

    Args:
        maker: what a copy does.
        closed: the descriptors that a copy must not keep.
    """

    def __init__(self, maker: Maker, closed: Callable[[], list[int]]) -> None:
        self._maker = maker
        self._closed = closed
        self._spare: _Copy | None = None

    def keep_spare(self) -> None:
        """Have a copy ready that has imported all it needs; it costs its memory.

        Raises:
            OSError: there can be no further process.
        """
        if self._spare is None:
            self._spare = self._copy()

    def drop_spare(self) -> Build | None:
        """Stop the copy that stands ready; return it, to be asked for its end."""
        spare, self._spare = self._spare, None
        if spare is None:
            return None
        os.close(spare.job)
        build = Build(child=spare.child, report=spare.report)
        build.stop()
        return build

    def start(self, env: Mapping[str, str], project: str, log: Path) -> Build:
        """Start making a project; SIGCHLD tells that it ended.

        Args:
            env: the variables around the project.
            project: its folder.
            log: where all that is printed goes; it begins anew.

        Raises:
            OSError: there can be no further process.
        """
        copy, self._spare = self._spare or self._copy(), None
        job = json.dumps([dict(env), project, str(log)]).encode()
        # A copy that has died meanwhile is seen to have failed.
        with suppress(BrokenPipeError), os.fdopen(copy.job, "wb") as pipe:
            pipe.write(job)
        return Build(child=copy.child, report=copy.report)

    def _copy(self) -> _Copy:
        report, writing = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        reading, job = os.pipe2(os.O_CLOEXEC)
        child = -1
        try:
            child = os.fork()
        finally:
            if child != 0:
                os.close(writing)
                os.close(reading)
            if child < 0:
                os.close(report)
                os.close(job)
        if child == 0:
            closed = [report, job, *self._closed()]
            _become_build(self._maker, reading, writing, closed)
        return _Copy(child=child, report=report, job=job)


def _become_build(
    maker: Maker, job: int, report: int, closed: Sequence[int]
) -> NoReturn:
    status = 1
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        die_with_parent()
        for descriptor in closed:
            os.close(descriptor)
        maker.prepare()
        with os.fdopen(job, "rb") as pipe:
            env, project, log = json.loads(pipe.read())
        _redirect(Path(log))
        made = maker.make(env, project)
        said = {"outcome": made.outcome.value, "sentence": made.sentence[:4000]}
        os.write(report, json.dumps(said).encode())
        status = 0
    finally:
        # Not sys.exit: nothing of ours may be cleaned up in the copy.
        os._exit(status)


def _redirect(log: Path) -> None:
    nowhere = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    written = os.open(log, _LOG_FLAGS, 0o600)
    for target, source in ((0, nowhere), (1, written), (2, written)):
        os.dup2(source, target)
