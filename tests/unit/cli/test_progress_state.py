"""How far long work is: counted, not drawn."""

from devenv.cli.progress_state import ProgressState
from devenv.model.stage import Stage


def test_what_is_at_work_is_named_and_the_rest_counted() -> None:
    state = ProgressState()
    state.plan(f"p{number}" for number in range(9))
    state.become("p3", Stage.DOWNLOADING)
    state.become("p1", Stage.UNPACKING)
    state.become("p5", Stage.RELOCATING)
    state.become("p2", Stage.DONE)

    assert state.shown(2) == [
        ("p3", "downloading"),
        ("p1", "unpacking"),
        ("", "5 waiting, 1 relocating, 1 done"),
    ]
    assert state.shown(9)[-1] == ("", "5 waiting, 1 done")


def test_what_has_begun_last_stands_last() -> None:
    state = ProgressState()
    state.plan(["a", "b"])
    state.become("b", Stage.DOWNLOADING)
    state.become("a", Stage.DOWNLOADING)
    assert [name for name, _ in state.shown(5)] == ["b", "a"]
    # A package that goes on stays where it is.
    state.become("b", Stage.UNPACKING)
    assert [name for name, _ in state.shown(5)] == ["b", "a"]


def test_a_download_within_other_work_is_one_work() -> None:
    state = ProgressState()
    state.plan(["a"])
    state.begin("a", 10, is_bytes=True)
    state.advance(10)
    assert not state.end()
    state.begin("b", 5, is_bytes=True)
    state.advance(2)
    assert (state.done, state.total) == (12, 15)
    assert not state.end()
    assert state.end()


def test_no_more_is_done_than_there_is() -> None:
    state = ProgressState()
    state.begin("a", 10, is_bytes=True)
    state.advance(99)
    assert state.done == 10
    assert state.end()
    assert state.end()
