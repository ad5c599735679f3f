"""The watcher's loop for one project: what happened goes in, what to do comes out.

A project is idle, queued, being built, or being built with one more build owed. It is
looked at as soon as a file was saved as a whole; what is found wrong then, or has to
be built, counts only once the files have been left alone for a moment: in the middle
of a checkout half of them are new. No clock is read here: every event says when it was,
in seconds of a clock that never goes back.
"""

from typing import assert_never

from devenv.model.watching import (
    Action,
    Asked,
    Began,
    Ended,
    Event,
    Found,
    Looked,
    Outcome,
    Pace,
    Passed,
    Phase,
    Touched,
)
from devenv.values import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """One project's loop; each moment is None where nothing is due.

    `touched_at` is of the last touch, `restless_since` of the first one that no look
    has answered. `not_before` holds builds back after failures.
    """

    phase: Phase = Phase.IDLE
    look_at: float | None = None
    touched_at: float = float("-inf")
    restless_since: float | None = None
    looked_at: float = float("-inf")
    give_up_at: float | None = None
    retry_at: float | None = None
    stamp_at: float | None = None
    not_before: float = float("-inf")
    failures: int = 0

    @property
    def is_building(self) -> bool:
        """Tell whether a build is going on."""
        return self.phase in {Phase.BUILDING, Phase.BUILDING_AND_OWED}

    @property
    def next_moment(self) -> float | None:
        """When a `Passed` is wanted; None if nothing but an event can change it."""
        moments = (self.look_at, self.give_up_at, self.retry_at, self.stamp_at)
        return min((each for each in moments if each is not None), default=None)


Step = tuple[Loop, tuple[Action, ...]]


def step(loop: Loop, event: Event, pace: Pace) -> Step:
    """Return what becomes of a loop, and what to do, in order."""
    match event:
        case Touched():
            return _touched(loop, event, pace), ()
        case Passed():
            return _passed(loop, event)
        case Looked():
            return _looked(loop, event, pace)
        case Asked():
            return _asked(loop)
        case Began():
            at = event.at + pace.limit
            return replace(loop, phase=Phase.BUILDING, give_up_at=at), ()
        case Ended():
            return _ended(loop, event, pace)
        case _:
            assert_never(event)


def _touched(loop: Loop, event: Touched, pace: Pace) -> Loop:
    since = event.at if loop.restless_since is None else loop.restless_since
    if event.is_whole:
        is_soon = event.at - loop.looked_at < 2 * pace.coalescing
        wanted = event.at + (pace.coalescing if is_soon else 0.0)
        look_at = wanted if loop.look_at is None else min(loop.look_at, wanted)
    else:
        look_at = min(event.at + pace.settling, since + pace.restless)
        if loop.look_at is not None and loop.look_at <= event.at + pace.coalescing:
            look_at = loop.look_at
    return replace(
        loop,
        look_at=look_at,
        touched_at=event.at,
        restless_since=since,
        # Whoever edits a file is not waiting for a server.
        retry_at=None,
        stamp_at=None,
    )


def _passed(loop: Loop, event: Passed) -> Step:
    actions: list[Action] = []
    if _is_due(loop.give_up_at, event.at):
        loop = replace(loop, give_up_at=None)
        actions.append(Action.GIVE_UP)
    if _is_due(loop.stamp_at, event.at):
        loop = replace(loop, stamp_at=None)
        actions.append(Action.STAMP)
    if _is_due(loop.retry_at, event.at):
        loop, further = _asked(replace(loop, retry_at=None))
        actions.extend(further)
    if _is_due(loop.look_at, event.at):
        loop = replace(loop, look_at=None)
        actions.append(Action.LOOK)
    return loop, tuple(actions)


def _looked(loop: Loop, event: Looked, pace: Pace) -> Step:
    loop = replace(loop, looked_at=event.at)
    match event.found:
        case Found.SAME | Found.DONE:
            failures = 0 if event.found is Found.DONE else loop.failures
            stamp_at = None if loop.is_building else event.at + pace.rest
            loop = _calm(replace(loop, failures=failures, stamp_at=stamp_at))
            return loop, ()
        case Found.WRONG:
            believed_at = _believed_at(loop, pace.wrong_quiet, pace)
            if event.at < believed_at:
                return replace(loop, look_at=believed_at), ()
            # What is being built is no longer what the files say.
            stops = (Action.STOP,) if loop.phase is Phase.BUILDING else ()
            return _calm(loop), (*stops, Action.TELL)
        case Found.TO_BUILD:
            believed_at = _believed_at(loop, pace.build_quiet, pace)
            begin_at = max(believed_at, loop.not_before)
            if event.at < begin_at:
                return replace(loop, look_at=begin_at), ()
            return _asked(_calm(loop))
        case _:
            assert_never(event.found)


def _asked(loop: Loop) -> Step:
    match loop.phase:
        case Phase.IDLE:
            return replace(loop, phase=Phase.QUEUED, stamp_at=None), (Action.QUEUE,)
        case Phase.BUILDING:
            return replace(loop, phase=Phase.BUILDING_AND_OWED), (Action.STOP,)
        case Phase.QUEUED | Phase.BUILDING_AND_OWED:
            return loop, ()
        case _:
            assert_never(loop.phase)


def _ended(loop: Loop, event: Ended, pace: Pace) -> Step:
    is_owed = loop.phase is Phase.BUILDING_AND_OWED
    loop = replace(loop, phase=Phase.IDLE, give_up_at=None)
    match event.outcome:
        case Outcome.READY | Outcome.ASKS:
            stamp_at = event.at + pace.rest
            loop = replace(loop, failures=0, not_before=event.at, stamp_at=stamp_at)
        case Outcome.STOPPED:
            pass
        case Outcome.FAILED:
            loop = _failed(loop, event.at, pace)
        case Outcome.FAILED_FOR_NOW:
            loop = _failed(loop, event.at, pace)
            delay = _doubled(pace.retry, loop.failures - 1, pace.longest_retry)
            loop = replace(loop, retry_at=event.at + delay)
        case _:
            assert_never(event.outcome)
    if is_owed:
        return _asked(replace(loop, retry_at=None))
    return loop, ()


def _failed(loop: Loop, at: float, pace: Pace) -> Loop:
    failures = loop.failures + 1
    if failures < pace.patience:
        return replace(loop, failures=failures)
    delay = _doubled(pace.first_delay, failures - pace.patience, pace.longest_delay)
    return replace(loop, failures=failures, not_before=at + delay)


def _believed_at(loop: Loop, quiet: float, pace: Pace) -> float:
    """Return from when on what a look finds counts: the files were left alone."""
    believed_at = loop.touched_at + quiet
    if loop.restless_since is not None:
        believed_at = min(believed_at, loop.restless_since + pace.restless)
    return believed_at


def _calm(loop: Loop) -> Loop:
    return replace(loop, restless_since=None)


def _doubled(first: float, times: int, most: float) -> float:
    return min(first * 2.0 ** min(times, 32), most)


def _is_due(moment: float | None, now: float) -> bool:
    return moment is not None and moment <= now
