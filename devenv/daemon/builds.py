"""One build: a copy of this process that makes a project's environment, and ends.

What it imports and takes in memory goes with it. It is a session of its own, so that
it can be ended with all that it started, and it does not outlive us.
"""

import json
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from devenv.host.landlock import die_with_parent
from devenv.model.watching import Outcome

MakeProject = Callable[[Mapping[str, str], str], "Made"]
"""Makes a project with these variables around it; what it prints is the log."""

_MAX_REPORT_BYTES = 1 << 14
_LOG_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How making a project ended, and the sentence that hooks were told."""

    outcome: Outcome
    sentence: str = ""


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


def start_build(
    make: MakeProject,
    env: Mapping[str, str],
    project: str,
    log: Path,
    *,
    closed: Sequence[int],
) -> Build:
    """Start making a project; SIGCHLD tells that it ended.

    Args:
        make: is called in the copy.
        env: the variables around the project.
        project: its folder.
        log: where all that is printed goes; it begins anew.
        closed: descriptors that the copy must not keep.

    Raises:
        OSError: there can be no further process.
    """
    reading, writing = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        child = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        raise
    if child == 0:
        os.close(reading)
        _become_build(make, env, project, log, writing, closed)
    os.close(writing)
    return Build(child=child, report=reading)


def _become_build(
    make: MakeProject,
    env: Mapping[str, str],
    project: str,
    log: Path,
    report: int,
    closed: Sequence[int],
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
        _redirect(log)
        made = make(env, project)
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
