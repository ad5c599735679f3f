"""Where caches are, and what may be asked of one."""

import pytest

from devenv.errors import FormatError, UsageError
from devenv.formats.cache_places import (
    asked_hash,
    asked_range,
    checked_places,
    listen_address,
    name_in_cache,
)

HASH = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "place",
    ["cache", "~/cache", "", "file:///cache", "ftp://x", "HTTP://x", "//x\0"[2:]],
)
def test_a_place_is_a_path_or_an_address(place: str) -> None:
    assert checked_places(["/a", "https://b", "http://c/d"], where="x") == (
        "/a",
        "https://b",
        "http://c/d",
    )
    with pytest.raises(FormatError) as caught:
        checked_places(["/a", place], where="cache.from")
    assert caught.value.where == "cache.from"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8710", ("127.0.0.1", 8710)),
        ("192.0.2.1:0", ("192.0.2.1", 0)),
        ("[::1]:65535", ("::1", 65535)),
        ("localhost:80", ("localhost", 80)),
    ],
)
def test_an_address_to_listen_at_is_a_host_and_a_port(
    text: str, address: tuple[str, int]
) -> None:
    assert listen_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "8710",
        ":8710",
        "host",
        "host:",
        "host:x",
        "host:65536",
        "::1:80",
        "[]:1",
    ],
)
def test_what_is_no_address_to_listen_at_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        listen_address(text)


@pytest.mark.parametrize(
    ("path", "is_asked"),
    [
        (f"/01/{HASH}", True),
        (f"/02/{HASH}", False),
        (f"01/{HASH}", False),
        (f"/01/{HASH}/", False),
        (f"/01/{HASH[:-1]}", False),
        (f"/01/{HASH[:-1]}F", False),
        (f"/01/{HASH[:-1]}٣", False),
        ("/", False),
        ("", False),
    ],
)
def test_only_a_hash_can_be_asked_for(path: str, *, is_asked: bool) -> None:
    assert asked_hash(path) == (HASH if is_asked else None)
    assert asked_hash(f"/{name_in_cache(HASH)}") == HASH


@pytest.mark.parametrize(
    ("field", "span"),
    [
        ("", None),
        ("bytes=0-", (0, 10)),
        ("bytes=3-5", (3, 6)),
        ("bytes=3-99", (3, 10)),
        (" bytes=9-9 ", (9, 10)),
        ("bytes=10-", (10, 10)),
        ("bytes=12-15", (12, 12)),
        ("bytes=5-3", (5, 5)),
        ("bytes=-3", None),
        ("bytes=1-2,4-5", None),
        ("bytes=a-", None),
        ("bytes=٣-", None),
        ("items=1-2", None),
        ("bytes=1", None),
    ],
)
def test_a_range_is_one_piece_or_none(field: str, span: tuple[int, int] | None) -> None:
    assert asked_range(field, 10) == span
