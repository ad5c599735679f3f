"""Whether a server answers, soon, and what time it has there."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import urllib3

from devenv.errors import FetchError
from devenv.host.attempt import Failure
from devenv.host.connections import Connections
from devenv.host.urls import checked

_OK = 200
_SERVER_ERROR = 500
_CLOSED_TO_US = frozenset({401, 407})
_WAIT_SECONDS = 3.0


def ask_date(url: str, env: Mapping[str, str]) -> datetime | None:
    """Return the date of a server's answer; None if it does not tell one.

    The body is not read.

    Raises:
        FetchError: there is no good answer within three seconds.
    """
    answer = _ask(url, env)
    if answer.status != _OK:
        raise FetchError(_words(answer), where=url)
    return _date(answer.headers.get("Date", ""))


def ask_presence(url: str, env: Mapping[str, str]) -> None:
    """Ask a server for what it need not have: that it answers is enough.

    Raises:
        FetchError: there is no answer within three seconds, or one that says that
            nothing is given to us.
    """
    answer = _ask(checked(url), env)
    if answer.status >= _SERVER_ERROR or answer.status in _CLOSED_TO_US:
        raise FetchError(_words(answer), where=url)


def _ask(url: str, env: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
    connections = Connections(env, timeout=urllib3.Timeout(total=_WAIT_SECONDS))
    try:
        answer = connections.open(url, {})
        answer.close()
    except Failure as failure:
        raise FetchError(failure.what, where=url) from failure
    finally:
        connections.close()
    return answer


def _words(answer: urllib3.BaseHTTPResponse) -> str:
    return f"the server answers {answer.status} {answer.reason or ''}".rstrip()


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None
