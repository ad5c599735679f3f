import pytest

from devenv.plan.proxies import is_direct, proxy_for


@pytest.mark.parametrize(
    ("env", "scheme", "expected"),
    [
        ({}, "http", None),
        ({"http_proxy": "http://p:1"}, "http", "http://p:1"),
        ({"http_proxy": "http://p:1"}, "https", None),
        ({"HTTPS_PROXY": "http://p:1"}, "https", "http://p:1"),
        (
            {"https_proxy": "http://a:1", "HTTPS_PROXY": "http://b:1"},
            "https",
            "http://a:1",
        ),
        ({"all_proxy": "http://p:1"}, "https", "http://p:1"),
        ({"http_proxy": "p:1"}, "http", "http://p:1"),
        ({"http_proxy": ""}, "http", None),
        ({"http_proxy": " "}, "http", None),
        ({"http_proxy": "http://p:1", "no_proxy": "example.org"}, "http", None),
        ({"http_proxy": "http://p:1", "NO_PROXY": "*"}, "http", None),
    ],
)
def test_the_usual_variables_decide(
    env: dict[str, str], scheme: str, expected: str | None
) -> None:
    assert proxy_for(env, scheme=scheme, host="a.example.org", port=80) == expected


@pytest.mark.parametrize(
    ("no_proxy", "host", "expected"),
    [
        ("example.org", "example.org", True),
        ("example.org", "a.b.example.org", True),
        (".example.org", "a.example.org", True),
        (".example.org", "example.org", True),
        ("*.example.org", "a.example.org", True),
        ("example.org", "badexample.org", False),
        ("EXAMPLE.org", "a.Example.ORG.", True),
        ("a, example.org ,b", "example.org", True),
        ("example.org:80", "example.org", True),
        ("example.org:81", "example.org", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("[::1]", "::1", True),
        ("::1", "[::1]", True),
        ("fe80::/10", "fe80::1", True),
        ("", "example.org", False),
        (",, ,", "example.org", False),
        (".", "example.org", False),
        ("10.0.0.0/99", "10.1.2.3", False),
        ("*", "anything", True),
    ],
)
def test_exceptions_are_names_networks_and_ports(
    no_proxy: str,
    host: str,
    expected: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert is_direct(no_proxy, host=host, port=80) is expected
