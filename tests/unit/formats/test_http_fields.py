import pytest

from devenv.errors import FormatError
from devenv.formats.http_fields import ContentRange, Validators, parse_content_range


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bytes 5-9/10", ContentRange(first=5, last=9, total=10)),
        ("Bytes  0-0/1", ContentRange(first=0, last=0, total=1)),
        ("bytes 5-9/*", ContentRange(first=5, last=9, total=None)),
    ],
)
def test_a_range_is_read(text: str, expected: ContentRange) -> None:
    assert parse_content_range(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bytes */10",
        "items 5-9/10",
        "bytes 9-5/10",
        "bytes 5-10/10",
        "bytes -5/10",
        "bytes 5-9",
        "bytes 5-9/10, 1-2/10",
        f"bytes 5-{'9' * 40}/10",
    ],
)
def test_an_impossible_range_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        parse_content_range(text)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({"ETag": '"a"', "Last-Modified": "x"}, '"a"', id="strong ETag"),
        pytest.param({"ETag": 'W/"a"', "Last-Modified": "x"}, None, id="weak ETag"),
        pytest.param({"last-modified": "x"}, "x", id="date"),
        pytest.param({}, None, id="neither"),
    ],
)
def test_only_what_is_exact_lets_a_download_go_on(
    headers: dict[str, str], expected: str | None
) -> None:
    assert Validators.from_headers(headers).for_range == expected


def test_both_validators_ask_whether_a_file_changed() -> None:
    validators = Validators(etag='W/"a"', last_modified="yesterday")

    assert validators.conditions() == {
        "If-None-Match": 'W/"a"',
        "If-Modified-Since": "yesterday",
    }
