"""Lines of the daemon's protocol, both ways."""

import pytest

from devenv.errors import FormatError, StoreError
from devenv.formats.daemon_messages import (
    WITH_PROJECT,
    WITHOUT,
    Request,
    parse_reply,
    parse_request,
    render_refusal,
    render_reply,
    render_request,
)


@pytest.mark.parametrize("do", sorted(WITH_PROJECT | WITHOUT))
def test_what_is_asked_is_what_is_read(do: str) -> None:
    asked = Request(do=do, project="/p \n\udcff" if do in WITH_PROJECT else "")
    line = render_request(asked)
    assert line.count(b"\n") == 1
    assert parse_request(line) == asked


def test_a_reply_is_read_and_a_refusal_is_an_error() -> None:
    assert parse_reply(render_reply({"pid": 1}))["pid"] == 1
    with pytest.raises(FormatError, match="the store is gone"):
        parse_reply(render_refusal(StoreError("the store is gone")))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b'{"v":2,"ok":true}', id="another version"),
        pytest.param(b'{"ok":true}', id="no version"),
        pytest.param(b"null", id="no object"),
        pytest.param(b"{", id="half"),
        pytest.param(b'{"v":1,"ok":false,"error":[]}', id="a strange refusal"),
    ],
)
def test_what_is_no_reply_is_refused(line: bytes) -> None:
    with pytest.raises(FormatError):
        parse_reply(line)
