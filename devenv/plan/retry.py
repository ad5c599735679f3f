"""When to ask a server again, and after how long."""

from datetime import UTC, datetime

MAX_TRIES = 5
MAX_RETRY_AFTER_SECONDS = 60.0
FIRST_DELAY_SECONDS = 0.5
MAX_DELAY_SECONDS = 8.0

_RETRIABLE_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


def is_retriable(status: int) -> bool:
    """Tell whether an HTTP status may be gone at the next try (RFC 9110, 15)."""
    return status in _RETRIABLE_STATUSES


def backoff_seconds(failures: int, *, jitter: float) -> float:
    """Return how long to wait after so many failures in a row (at least 1).

    It doubles up to MAX_DELAY_SECONDS; `jitter`, from 0 to 1, takes away up to
    half, so that machines that failed together do not come back together.
    """
    doublings = max(0, min(failures - 1, 16))
    longest = min(FIRST_DELAY_SECONDS * (1 << doublings), MAX_DELAY_SECONDS)
    return longest * (1 - jitter / 2)


def asked_delay_seconds(retry_after: str, *, now: datetime) -> float | None:
    """Return the seconds a `Retry-After` field asks for (RFC 9110, 10.2.3).

    None if it says nothing that can be understood. The result is never
    negative, and may be larger than anybody should wait.
    """
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        # Python refuses to turn a thousand digits into a number.
        return float(text[:20])
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 (rare, and 4 ms)

    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def is_too_long(delay_seconds: float) -> bool:
    """Tell whether to give up on a server that asks for this delay."""
    return delay_seconds > MAX_RETRY_AFTER_SECONDS
