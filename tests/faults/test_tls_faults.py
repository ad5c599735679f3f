"""Certificates that prove nothing, and authorities that are not to be found."""

from pathlib import Path

import pytest

from devenv.errors import FetchError
from devenv.host.http import Fetcher
from tests.fixtures.clock import FakeClock
from tests.fixtures.http_server import redirect, serving

CERTIFICATES = Path(__file__).parents[1] / "fixtures" / "tls"
AUTHORITY = str(CERTIFICATES / "ca.pem")


def fetched(env: dict[str, str], root: Path, *, certificate: str) -> bytes:
    """Return a file from a server with this certificate."""
    fetcher = Fetcher(env, FakeClock(), jitter=lambda: 0.0)
    path = CERTIFICATES / f"{certificate}.pem"
    try:
        with serving(root, certificate=path) as server:
            server.pages["/x"] = b"content"
            answer = fetcher.read(server.url("x"), max_size=100, label="x")
    finally:
        fetcher.close()
    assert answer is not None
    return answer.body


@pytest.mark.parametrize(
    "variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]
)
def test_a_variable_names_the_authorities(variable: str, tmp_path: Path) -> None:
    assert fetched({variable: AUTHORITY}, tmp_path, certificate="good") == b"content"


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        ("expired", "certificate has expired"),
        ("elsewhere", "IP address mismatch"),
        ("self-signed", "self-signed certificate|self signed certificate"),
    ],
)
def test_a_certificate_that_proves_nothing_is_refused_with_the_cause(
    certificate: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(FetchError) as caught:
        fetched({"SSL_CERT_FILE": AUTHORITY}, tmp_path, certificate=certificate)

    where = str(caught.value.where)
    assert "its certificate is not valid" in where
    assert any(word in where for word in words.split("|"))


def test_an_authority_nobody_trusts_is_refused(tmp_path: Path) -> None:
    other = str(CERTIFICATES / "self-signed.pem")
    with pytest.raises(FetchError) as caught:
        fetched({"SSL_CERT_FILE": other}, tmp_path, certificate="good")

    assert "its certificate is not valid" in str(caught.value.where)


def test_a_plain_server_under_an_https_address_is_refused(tmp_path: Path) -> None:
    fetcher = Fetcher({"SSL_CERT_FILE": AUTHORITY}, FakeClock(), jitter=lambda: 0.0)
    with serving(tmp_path) as server:
        address = server.url("x").replace("http:", "https:")
        with pytest.raises(FetchError) as caught:
            fetcher.read(address, max_size=100, label="x")
    fetcher.close()

    assert "no secure connection" in str(caught.value.where)


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "CURL_CA_BUNDLE"])
def test_a_variable_that_names_nothing_is_named(variable: str, tmp_path: Path) -> None:
    with pytest.raises(FetchError) as caught:
        fetched({variable: "/no/such/file"}, tmp_path, certificate="good")

    assert variable in str(caught.value.where)


def test_an_address_that_began_secure_stays_so(tmp_path: Path) -> None:
    fetcher = Fetcher({"SSL_CERT_FILE": AUTHORITY}, FakeClock(), jitter=lambda: 0.0)
    with serving(tmp_path, certificate=CERTIFICATES / "good.pem") as server:
        plain = server.url("x").replace("https:", "http:")
        server.faults["/x"] = [redirect(plain)]
        with pytest.raises(FetchError) as caught:
            fetcher.read(server.url("x"), max_size=100, label="x")
    fetcher.close()

    assert "from https to plain http" in str(caught.value.where)
    assert len(server.requests) == 1


def test_no_secret_of_a_connection_is_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))
    env = {"SSL_CERT_FILE": AUTHORITY, "SSLKEYLOGFILE": str(log)}

    assert fetched(env, tmp_path, certificate="good") == b"content"
    assert not log.exists()
