"""Connections to servers, kept and used again; proxies, TLS and redirects."""

import socket
import ssl
import threading
from collections.abc import Mapping
from functools import cached_property

import urllib3
from urllib3 import exceptions

from devenv import __version__
from devenv.errors import FetchError
from devenv.host import urls
from devenv.host.attempt import Failure, Reach
from devenv.host.trust_store import tls_context
from devenv.plan.proxies import proxy_for

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
MAX_REDIRECTS = 5
POOL_CONNECTIONS = 8

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TIMEOUT = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
_HEADERS = {
    "User-Agent": f"devenv/{__version__}",
    # What is hashed and resumed are the bytes of the file, not of a transport.
    "Accept-Encoding": "identity",
}


class Connections:
    """Pools of connections, one for each proxy. Safe to use from threads."""

    def __init__(
        self, env: Mapping[str, str], *, timeout: urllib3.Timeout = _TIMEOUT
    ) -> None:
        self._env = env
        self._timeout = timeout
        self._pools: dict[str | None, urllib3.PoolManager] = {}
        self._lock = threading.Lock()

    def open(self, url: str, fields: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        """Ask for `url`, follow its redirects, and return the last answer.

        The body is not read yet: the caller does, or releases the connection.

        Raises:
            FetchError: a redirect that is not followed, or a setting (proxy,
                certificate authorities) that makes no sense.
            Failure: there was no answer.
        """
        secret = urls.credentials(url)
        trusted = urls.origin(urls.checked(url))
        current = urls.without_credentials(url)
        for _ in range(MAX_REDIRECTS + 1):
            headers = {**_HEADERS, **fields}
            if secret is not None and urls.origin(current) == trusted:
                headers["Authorization"] = secret
            try:
                response = self._ask(current, headers)
            except Failure as failure:
                if failure.reach is Reach.AWAY and urls.origin(current) != trusted:
                    # The server is there, and may name another the next time.
                    raise Failure(failure.what, reach=Reach.BROKEN) from failure
                raise
            location = response.headers.get("Location")
            if response.status not in _REDIRECTS or not location:
                return response
            response.drain_conn()
            current = urls.redirected(current, location)
        raise FetchError(
            f"the server redirects more than {MAX_REDIRECTS} times",
            where=urls.shown(url),
        )

    def close(self) -> None:
        """Close what is idle."""
        with self._lock:
            for pool in self._pools.values():
                pool.clear()
            self._pools.clear()

    def _ask(self, url: str, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        try:
            return self._pool(url).request(
                "GET",
                url,
                headers=headers,
                timeout=self._timeout,
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        except (exceptions.HTTPError, ValueError, OSError) as error:
            raise failure_of(error) from error

    def _pool(self, url: str) -> urllib3.PoolManager:
        place = urls.origin(url)
        proxy = proxy_for(
            self._env, scheme=place.scheme, host=place.host, port=place.port
        )
        needs_tls = place.scheme == "https" or (proxy or "").startswith("https:")
        # Reading the authorities takes 20 ms, which plain http does not need.
        context = self._tls if needs_tls else None
        key = f"{proxy} {needs_tls}"
        with self._lock:
            if key not in self._pools:
                self._pools[key] = _new_pool(proxy, context)
            return self._pools[key]

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return tls_context(self._env)


def failure_of(error: Exception) -> Failure:
    """Return what an error of the network means, in plain words."""
    match error:
        case exceptions.SSLError():
            what, reach = _tls_words(error), Reach.REFUSED
        case exceptions.ProxyError():
            inner = failure_of(error.original_error).what
            what, reach = f"the proxy cannot be used: {inner}", Reach.AWAY
        case exceptions.NameResolutionError():
            what, reach = "its host name cannot be found", Reach.AWAY
        case exceptions.NewConnectionError():
            what, reach = f"no connection: {_system_words(error)}", Reach.AWAY
        case exceptions.ConnectTimeoutError():
            what, reach = "no connection: no answer in time", Reach.AWAY
        case exceptions.ReadTimeoutError():
            what, reach = "the server does not answer in time", Reach.BROKEN
        case exceptions.LocationValueError():
            what, reach = "this is not an address", Reach.REFUSED
        case _:
            what = f"the connection broke: {_system_words(error)}"
            reach = Reach.BROKEN
    return Failure(what, reach=reach)


def _new_pool(proxy: str | None, context: ssl.SSLContext | None) -> urllib3.PoolManager:
    if proxy is None:
        return urllib3.PoolManager(maxsize=POOL_CONNECTIONS, ssl_context=context)
    try:
        urls.checked(proxy)
        secret = urls.userinfo(proxy)
        headers = urllib3.make_headers(proxy_basic_auth=secret) if secret else None
        return urllib3.ProxyManager(
            urls.without_credentials(proxy),
            proxy_headers=headers,
            maxsize=POOL_CONNECTIONS,
            ssl_context=context,
            proxy_ssl_context=context,
        )
    except (FetchError, exceptions.HTTPError, ValueError) as error:
        raise FetchError(
            "the proxy that the environment names cannot be used",
            where=urls.shown(proxy),
            hint="set http_proxy and https_proxy to http://HOST:PORT, or unset them",
        ) from error


def _system_words(error: BaseException | None) -> str:
    """Return the system's words for an error, without Python's wrapping."""
    while error is not None:
        if isinstance(error, TimeoutError | socket.timeout):
            return "no answer in time"
        if isinstance(error, OSError) and error.strerror:
            return error.strerror
        nested = [arg for arg in error.args if isinstance(arg, BaseException)]
        following = nested[0] if nested else error.__cause__ or error.__context__
        if following is None:
            return str(error) or type(error).__name__
        error = following
    return "unknown reason"


def _tls_words(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not valid: {cause.verify_message}"
        nested = [arg for arg in cause.args if isinstance(arg, BaseException)]
        cause = nested[0] if nested else cause.__cause__
    return f"no secure connection: {error}"
