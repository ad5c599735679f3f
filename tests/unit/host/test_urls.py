import pytest

from devenv.errors import FetchError
from devenv.host import urls


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/a",
        "https://me:secret@example.org:8080/a?b=c",
        "http://[::1]:80/a",
        "file:///srv/mirror",
        "file://localhost/srv/mirror",
    ],
)
def test_an_address_that_can_be_fetched_is_let_through(address: str) -> None:
    assert urls.checked(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org/a",
        "ftp://example.org/a",
        "file://elsewhere/srv",
        "http:///a",
        "http://example.org/a b",
        "http://example.org/\na",
        "http://example.org/\x1b[2J",
        "http://exämple.org/",
        "http://[bad/",
        "http://example.org:port/",
        "javascript:alert(1)",
    ],
)
def test_another_is_refused(address: str) -> None:
    with pytest.raises(FetchError):
        urls.checked(address)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://me:secret@example.org/a?token=x#y", "https://example.org/a"),
        ("http://example.org:81/a", "http://example.org:81/a"),
        ("http://[bad/", "(an address that cannot be read)"),
    ],
)
def test_messages_show_no_secrets(address: str, expected: str) -> None:
    assert urls.shown(address) == expected


@pytest.mark.parametrize(
    ("current", "location", "expected"),
    [
        ("http://a.example/x/y", "/z", "http://a.example/z"),
        ("http://a.example/x/y", "z", "http://a.example/x/z"),
        ("http://a.example/x", "https://b.example/z", "https://b.example/z"),
        ("https://a.example/x", "//b.example/z", "https://b.example/z"),
        ("http://me:pw@a.example/x", "/z", "http://a.example/z"),
        ("http://a.example/x", "http://me:pw@b.example/z", "http://b.example/z"),
    ],
)
def test_a_redirect_is_followed_without_credentials(
    current: str, location: str, expected: str
) -> None:
    assert urls.redirected(current, location) == expected


@pytest.mark.parametrize(
    ("address", "path", "expected"),
    [
        ("http://a.example/debian", "pool/a/b_1+2~3.deb", "pool/a/b_1+2~3.deb"),
        ("http://a.example/debian/", "pool/ä b", "pool/%C3%A4%20b"),
        ("http://a.example/debian", "a%3ab", "a%253ab"),
        ("http://a.example/debian", "a?b#c", "a%3Fb%23c"),
    ],
)
def test_a_path_below_an_address_stays_a_path(
    address: str, path: str, expected: str
) -> None:
    assert urls.joined(address, path) == f"http://a.example/debian/{expected}"


def test_a_path_of_a_file_address_comes_back() -> None:
    assert urls.file_path(urls.joined("file:///srv", "a b?c")) == "/srv/a b?c"
