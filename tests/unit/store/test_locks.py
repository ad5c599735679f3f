from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.store.layout import Layout
from devenv.store.locks import PathLocks, Wait, lock_offset
from tests.fixtures.stores import named

LOW, HIGH = sorted((named("one").base, named("two").base), key=lock_offset)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    found = Layout(store=tmp_path / "store")
    found.prepare(tmp_path)
    return found


def locks_in(layout: Layout) -> PathLocks:
    return PathLocks(layout, waiting=None, patience_seconds=60)


@given(st.text("abcdefghijklmnop-", max_size=60))
def test_an_offset_fits_a_file(base: str) -> None:
    assert 0 <= lock_offset(base) < 2**62


def test_who_waits_for_a_lock_holds_no_later_one(layout: Layout) -> None:
    # Given in the wrong order: whoever waits for LOW while holding HIGH could
    # wait for ever for somebody who holds LOW and wants HIGH.
    free: list[bool] = []
    with locks_in(layout) as others, locks_in(layout) as third:
        others.take([LOW])

        def look(_: Wait) -> None:
            free.append(third.try_take(HIGH))
            third.release([HIGH])
            others.release([LOW])

        with PathLocks(layout, waiting=look, patience_seconds=0.01) as ours:
            ours.take([HIGH, LOW])

    assert free == [True]


def test_a_lock_is_free_after_its_release_and_after_the_end(layout: Layout) -> None:
    with locks_in(layout) as others:
        with locks_in(layout) as ours:
            ours.take([LOW, HIGH])
            assert not others.try_take(LOW)
            ours.release([LOW])
            assert others.try_take(LOW)
            assert not others.try_take(HIGH)
        assert others.try_take(HIGH)


def test_the_file_of_the_locks_stays_empty(layout: Layout) -> None:
    with locks_in(layout) as ours:
        ours.take([LOW, HIGH])

    assert layout.path_locks.read_bytes() == b""


def test_all_that_nobody_holds_are_taken_together(layout: Layout) -> None:
    with locks_in(layout) as ours, locks_in(layout) as others:
        with ours.try_taking([LOW, HIGH]) as taken:
            assert list(taken) == [LOW, HIGH]
            assert not others.try_take(LOW)
        assert others.try_take(LOW)
        with ours.try_taking([LOW, HIGH]) as taken:
            assert list(taken) == [HIGH]
            assert not others.try_take(HIGH)
        assert others.try_take(HIGH)
