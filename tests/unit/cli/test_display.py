"""What long work says, and when; bars are drawn in tests/e2e/test_progress.py."""

import io
import threading

import pytest

from devenv.cli.bars import Bars
from devenv.cli.display import Display, Look
from devenv.cli.progress_state import ProgressState
from devenv.model.stage import Stage
from devenv.model.user_configuration import ProgressStyle


class Stopwatch:
    """A time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


def display(watch: Stopwatch, style: ProgressStyle, stream: io.StringIO) -> Display:
    look = Look(
        is_terminal=style is ProgressStyle.BARS, is_coloured=False, progress=style
    )
    return Display(stream, look, seconds=watch)


def test_lines_tell_every_few_seconds_how_far_it_is(watch: Stopwatch) -> None:
    stream = io.StringIO()
    talk = display(watch, ProgressStyle.PLAIN, stream)
    talk.planned(["a 1", "b 1", "c 1"])
    talk.started("3 files", 4_000_000)
    for amount in (1_000_000, 1_000_000, 500_000):
        talk.became("a 1", Stage.DOWNLOADING)
        watch.now += 3
        talk.advanced(amount)
    talk.finished()
    talk.finished()
    watch.now += 1
    talk.completed()

    assert stream.getvalue().splitlines() == [
        "2.0 MB of 4.0 MB downloaded; 2 waiting, 1 downloading",
        "3 packages ready in 10.0 s, 2.5 MB downloaded",
    ]


def test_work_that_is_not_of_bytes_is_counted(watch: Stopwatch) -> None:
    stream = io.StringIO()
    talk = display(watch, ProgressStyle.PLAIN, stream)
    talk.started("measuring", 100, is_bytes=False)
    watch.now += 6
    talk.advanced(40)
    talk.finished()
    talk.completed()

    assert stream.getvalue() == "measuring: 40 of 100\n"


def test_who_wants_none_gets_plan_and_end_alone(watch: Stopwatch) -> None:
    stream = io.StringIO()
    talk = display(watch, ProgressStyle.NONE, stream)
    talk.planned(["a 1"])
    watch.now += 60
    talk.became("a 1", Stage.DONE)
    talk.finished()
    talk.completed()

    assert stream.getvalue() == "1 package ready in 60.0 s, 0 B downloaded\n"


def test_what_is_over_at_once_is_not_drawn(watch: Stopwatch) -> None:
    stream = io.StringIO()
    talk = display(watch, ProgressStyle.BARS, stream)
    talk.started("a file", 10)
    watch.now += 0.1
    talk.advanced(10)
    talk.finished()
    assert stream.getvalue() == ""

    talk.started("a file", 10)
    watch.now += 0.3
    talk.advanced(5)
    assert "\x1b[?25l" in stream.getvalue()
    talk.note("something else")
    talk.finished()
    assert "something else\n" in stream.getvalue()
    assert "\x1b[?25h" in stream.getvalue()


@pytest.mark.parametrize(
    ("terminal", "asked", "configured", "style"),
    [
        pytest.param(True, "", "auto", "bars", id="a terminal"),
        pytest.param(False, "", "auto", "plain", id="no terminal"),
        pytest.param(False, "bars", "auto", "plain", id="bars without a terminal"),
        pytest.param(True, "", "plain", "plain", id="configured"),
        pytest.param(True, "none", "plain", "none", id="the variable comes first"),
        pytest.param(True, "colourful", "plain", "plain", id="an unknown word"),
    ],
)
def test_how_it_is_shown_is_chosen(
    *, terminal: bool, asked: str, configured: str, style: str
) -> None:
    stream = io.StringIO()
    stream.isatty = lambda: terminal  # type: ignore[method-assign]
    look = Look.of(
        stream,
        {"TERM": "xterm", "DEVENV_PROGRESS": asked},
        configured=ProgressStyle(configured),
    )
    assert look.progress == style


def test_bars_are_drawn_by_no_thread() -> None:
    """Otherwise a large tree could not be filled by a copy of the process."""
    before = threading.active_count()
    bars = Bars(io.StringIO(), is_coloured=False)
    bars.start()
    state = ProgressState()
    state.begin("a file", 10, is_bytes=True)
    bars.draw(state)
    assert threading.active_count() == before
    bars.stop()
