"""The watcher's loop: every state, every event, and what no history may lead to."""

import random

import pytest

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
from devenv.plan.watching import Loop, step

PACE = Pace(limit=100.0)


def run(*events: Event, loop: Loop | None = None) -> tuple[Loop, list[Action]]:
    """Return the loop after these events, and what the last one asked for."""
    loop = loop or Loop()
    actions: tuple[Action, ...] = ()
    for event in events:
        loop, actions = step(loop, event, PACE)
    return loop, list(actions)


BUILDING = run(Asked(0.0), Began(0.0))[0]
OWED = run(Asked(1.0), loop=BUILDING)[0]


@pytest.mark.parametrize(
    ("events", "after"),
    [
        pytest.param([Touched(1.0, is_whole=True)], 1.0, id="whole: at once"),
        pytest.param(
            [Touched(1.0, is_whole=False)], 1.05, id="being written: a moment"
        ),
        pytest.param(
            [Touched(1.0, is_whole=False), Touched(1.01, is_whole=True)],
            1.01,
            id="closed: at once",
        ),
        pytest.param(
            [Touched(1.0, is_whole=True), Touched(1.001, is_whole=False)],
            1.0,
            id="written again: not later",
        ),
        pytest.param(
            [Looked(1.0, Found.DONE), Touched(1.001, is_whole=True)],
            1.006,
            id="just after a look: at most 5 ms later",
        ),
        pytest.param(
            [Touched(1.0 + i * 0.04, is_whole=False) for i in range(40)],
            2.0,
            id="written for ever: within a second",
        ),
    ],
)
def test_a_touched_file_is_looked_at_soon(events: list[Event], after: float) -> None:
    loop, _ = run(*events)
    assert loop.next_moment == pytest.approx(after)
    assert run(Passed(after), loop=loop)[1] == [Action.LOOK]


def test_a_build_starts_when_the_files_were_left_alone() -> None:
    loop, actions = run(Touched(1.0, is_whole=True), Passed(1.0))
    assert actions == [Action.LOOK]
    loop, actions = run(Looked(1.001, Found.TO_BUILD), loop=loop)
    assert actions == []
    assert loop.next_moment == pytest.approx(1.02)
    loop, actions = run(Passed(1.02), loop=loop)
    assert actions == [Action.LOOK]
    loop, actions = run(Looked(1.021, Found.TO_BUILD), loop=loop)
    assert (loop.phase, actions) == (Phase.QUEUED, [Action.QUEUE])


def test_what_is_wrong_for_a_moment_is_not_told() -> None:
    loop, _ = run(Touched(1.0, is_whole=True), Passed(1.0))
    loop, actions = run(Looked(1.001, Found.WRONG), loop=loop)
    assert actions == []
    loop, actions = run(
        Touched(1.05, is_whole=True),
        Passed(1.06),
        Looked(1.061, Found.DONE),
        loop=loop,
    )
    assert actions == []
    assert loop.phase is Phase.IDLE


def test_what_stays_wrong_is_told_once() -> None:
    loop, _ = run(Touched(1.0, is_whole=True), Passed(1.0), Looked(1.0, Found.WRONG))
    loop, _ = run(Passed(1.1), loop=loop)
    loop, actions = run(Looked(1.1, Found.WRONG), loop=loop)
    assert actions == [Action.TELL]
    assert loop.next_moment is None


def test_files_that_never_rest_are_told_about_after_a_second() -> None:
    loop = Loop()
    told = []
    for number in range(60):
        at = 1.0 + number * 0.03
        loop, _ = run(Touched(at, is_whole=True), Passed(at + 0.006), loop=loop)
        loop, actions = run(Looked(at + 0.006, Found.WRONG), loop=loop)
        told += [at] if actions else []
    assert told[0] == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize(
    ("loop", "event", "phase", "actions"),
    [
        pytest.param(
            BUILDING,
            Looked(2.0, Found.SAME),
            Phase.BUILDING,
            [],
            id="a touch does not stop a build",
        ),
        pytest.param(
            BUILDING,
            Looked(2.0, Found.TO_BUILD),
            Phase.BUILDING_AND_OWED,
            [Action.STOP],
            id="a change stops it, and one more is owed",
        ),
        pytest.param(
            BUILDING,
            Looked(2.0, Found.WRONG),
            Phase.BUILDING,
            [Action.STOP, Action.TELL],
            id="so does a broken spec, which owes none",
        ),
        pytest.param(
            OWED,
            Looked(2.0, Found.TO_BUILD),
            Phase.BUILDING_AND_OWED,
            [],
            id="never more than one is owed",
        ),
        pytest.param(
            OWED,
            Ended(2.0, Outcome.STOPPED),
            Phase.QUEUED,
            [Action.QUEUE],
            id="the owed one follows",
        ),
        pytest.param(
            OWED,
            Ended(2.0, Outcome.READY),
            Phase.QUEUED,
            [Action.QUEUE],
            id="also where the first was quicker than the stop",
        ),
        pytest.param(
            BUILDING,
            Passed(100.0),
            Phase.BUILDING,
            [Action.GIVE_UP],
            id="a build has a time limit",
        ),
        pytest.param(
            BUILDING,
            Ended(2.0, Outcome.READY),
            Phase.IDLE,
            [],
            id="and then it is quiet",
        ),
    ],
)
def test_a_build_and_what_comes_meanwhile(
    loop: Loop, event: Event, phase: Phase, actions: list[Action]
) -> None:
    after, found = run(event, loop=loop)
    assert (after.phase, found) == (phase, actions)


def test_a_build_that_failed_is_not_tried_again_by_itself() -> None:
    loop, actions = run(Ended(2.0, Outcome.FAILED), loop=BUILDING)
    assert (actions, loop.next_moment) == ([], None)


def test_what_may_go_better_is_tried_again_ever_more_slowly() -> None:
    loop, at, waits = Loop(), 0.0, []
    for _ in range(9):
        loop, _ = run(Asked(at), Began(at), loop=loop)
        loop, _ = run(Ended(at, Outcome.FAILED_FOR_NOW), loop=loop)
        assert loop.next_moment is not None
        waits.append(loop.next_moment - at)
        at = loop.next_moment
        loop, actions = run(Passed(at), loop=loop)
        assert actions == [Action.QUEUE]
        loop, _ = run(Began(at), Ended(at, Outcome.STOPPED), loop=loop)
    assert waits == [10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 600.0, 600.0, 600.0]


def test_edits_that_fail_again_and_again_are_built_ever_more_slowly() -> None:
    loop, at, waits = Loop(), 0.0, []
    for _ in range(10):
        loop, _ = run(Touched(at, is_whole=True), Passed(at), loop=loop)
        at += 1.0
        loop, actions = run(Looked(at, Found.TO_BUILD), loop=loop)
        if not actions:
            assert loop.look_at is not None
            waits.append(loop.look_at - at)
            at = loop.look_at
            loop, actions = run(Passed(at), Looked(at, Found.TO_BUILD), loop=loop)
        assert actions == [Action.QUEUE]
        loop, _ = run(Began(at), Ended(at, Outcome.FAILED), loop=loop)
    assert waits == sorted(waits)
    assert waits[-1] == pytest.approx(PACE.longest_delay - 1.0)


def test_stamps_are_renewed_once_when_the_files_rest() -> None:
    loop, _ = run(Touched(1.0, is_whole=True), Passed(1.0), Looked(1.0, Found.DONE))
    assert loop.next_moment == pytest.approx(4.25)
    loop, actions = run(Passed(4.25), loop=loop)
    assert actions == [Action.STAMP]
    assert loop.next_moment is None


class Player:
    """A watcher whose files change at random, and whose builds take a while."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - no secret
        self.loop = Loop()
        self.at = 0.0
        self.content = self.built = 0
        self.running: int | None = None
        self.is_queued = False

    def do(self, event: Event) -> None:
        self.loop, actions = step(self.loop, event, PACE)
        for action in actions:
            self.act(action)

    def act(self, action: Action) -> None:
        if action is Action.LOOK:
            seen = self.built if self.running is None else self.running
            found = Found.SAME if self.content == seen else Found.TO_BUILD
            self.do(Looked(self.at, found))
        elif action is Action.QUEUE:
            assert (self.running, self.is_queued) == (None, False)
            self.is_queued = True
        elif action is Action.STOP:
            assert self.running is not None
            self.running = None
            self.do(Ended(self.at, Outcome.STOPPED))

    def begin(self) -> None:
        if self.is_queued:
            self.is_queued, self.running = False, self.content
            self.do(Began(self.at))

    def end(self) -> None:
        if self.running is not None:
            self.built, self.running = self.running, None
            self.do(Ended(self.at, Outcome.READY))

    def play(self) -> None:
        self.at += self.dice.choice([0.0, 0.001, 0.01, 0.2])
        choice = self.dice.random()
        if choice < 0.3:
            self.content += self.dice.choice([0, 1])
            self.do(Touched(self.at, is_whole=self.dice.random() < 0.7))
        elif choice < 0.6:
            self.begin()
        elif choice < 0.8:
            self.end()
        self.do(Passed(self.at))


@pytest.mark.parametrize("seed", range(100))
def test_no_history_leaves_a_change_behind_or_builds_two_at_once(seed: int) -> None:
    player = Player(seed)
    for _ in range(300):
        player.play()
    for _ in range(20):
        player.at += 2.0
        player.do(Passed(player.at))
        player.begin()
        player.end()
    assert player.built == player.content
    assert (player.loop.phase, player.loop.next_moment) == (Phase.IDLE, None)
