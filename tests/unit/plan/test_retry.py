from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.plan.retry import (
    MAX_DELAY_SECONDS,
    asked_delay_seconds,
    backoff_seconds,
    is_retriable,
    is_too_long,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "jitter", "expected"),
    [
        (1, 0.0, 0.5),
        (1, 1.0, 0.25),
        (2, 0.0, 1.0),
        (3, 0.0, 2.0),
        (4, 0.5, 3.0),
        (5, 0.0, 8.0),
        (6, 0.0, 8.0),
        (10_000, 0.0, 8.0),
    ],
)
def test_pauses_double_up_to_a_ceiling(
    failures: int, jitter: float, expected: float
) -> None:
    assert backoff_seconds(failures, jitter=jitter) == expected


@given(st.integers(1, 10**9), st.floats(0, 1))
def test_a_pause_is_neither_nothing_nor_endless(failures: int, jitter: float) -> None:
    assert 0.25 <= backoff_seconds(failures, jitter=jitter) <= MAX_DELAY_SECONDS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("0", 0.0, id="at once"),
        pytest.param(" 120 ", 120.0, id="seconds"),
        pytest.param("Sun, 01 Mar 2026 12:00:30 GMT", 30.0, id="date"),
        pytest.param("Sun, 01 Mar 2026 12:00:30", 30.0, id="date without a zone"),
        pytest.param("Sun, 01 Mar 2026 11:00:00 GMT", 0.0, id="date that has passed"),
        pytest.param("-5", None, id="negative"),
        pytest.param("1.5", None, id="fraction"),
        pytest.param("soon", None, id="words"),
        pytest.param("", None, id="nothing"),
        pytest.param("٣", None, id="other digits"),
        pytest.param("Sun, 99 Mar 2026 12:00:00 GMT", None, id="no such day"),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, expected: float | None) -> None:
    assert asked_delay_seconds(text, now=NOW) == expected


@given(st.text())
def test_no_retry_after_is_too_odd_to_read(text: str) -> None:
    delay = asked_delay_seconds(text, now=NOW)

    assert delay is None or delay >= 0


@pytest.mark.parametrize("text", ["61", "1000000000", "9" * 5000])
def test_more_than_a_minute_is_too_long(text: str) -> None:
    delay = asked_delay_seconds(text, now=NOW)

    assert delay is not None
    assert is_too_long(delay)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_some_statuses_may_pass(status: int) -> None:
    assert is_retriable(status)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 407, 410, 451, 501, 505])
def test_others_stay(status: int) -> None:
    assert not is_retriable(status)
