"""Whether a server answers, soon, and what time it has there."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import urllib3

from devenv.errors import FetchError
from devenv.host.attempt import Failure
from devenv.host.connections import Connections

_OK = 200
_WAIT_SECONDS = 3.0


def ask_date(url: str, env: Mapping[str, str]) -> datetime | None:
    """Return the date of a server's answer; None if it does not tell one.

    The body is not read.

    Raises:
        FetchError: there is no good answer within three seconds.
    """
    connections = Connections(env, timeout=urllib3.Timeout(total=_WAIT_SECONDS))
    try:
        answer = connections.open(url, {})
        answer.close()
    except Failure as failure:
        raise FetchError(failure.what, where=url) from failure
    finally:
        connections.close()
    if answer.status != _OK:
        what = f"the server answers {answer.status} {answer.reason or ''}".rstrip()
        raise FetchError(what, where=url)
    return _date(answer.headers.get("Date", ""))


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None
