"""Addresses: checked before they are used, and shown without secrets."""

from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from devenv.errors import FetchError
from devenv.values import dataclass

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NETWORK_SCHEMES = frozenset(_DEFAULT_PORTS)
_SAFE_IN_PATH = "/+~:@=,;!$&'()*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Whom credentials may be shown to (RFC 6454)."""

    scheme: str
    host: str
    port: int


def shown(url: str) -> str:
    """Return an address fit for a message: no userinfo, query or fragment."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "(an address that cannot be read)"
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def checked(url: str) -> str:
    """Return `url` if it is one we may ask.

    Raises:
        FetchError: it has white space, control or other than ASCII characters,
            no host, or a scheme other than http, https and file.
    """
    if any(not "!" <= character <= "~" for character in url):
        raise FetchError(
            "this address has characters that no address may have",
            where=ascii(shown(url)),
        )
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise FetchError(
            f"this is not an address: {error}", where=shown(url)
        ) from error
    if parts.scheme == "file" and parts.netloc in {"", "localhost"}:
        return url
    if parts.scheme not in _NETWORK_SCHEMES:
        raise FetchError(
            "only http, https and file addresses can be fetched", where=shown(url)
        )
    if not parts.hostname:
        raise FetchError("this address has no host", where=url[:80])
    return url


def origin(url: str) -> Origin:
    """Return the origin of a checked http or https address."""
    parts = urlsplit(url)
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    return Origin(scheme=parts.scheme, host=(parts.hostname or "").lower(), port=port)


def host_of(url: str) -> str:
    """Return what people call the place of an address: its host, or a folder."""
    return urlsplit(url).hostname or "this machine"


def credentials(url: str) -> str | None:
    """Return the `Authorization` that an address carries as userinfo."""
    pair = userinfo(url)
    if pair is None:
        return None
    import base64  # noqa: PLC0415 - few addresses have any

    return "Basic " + base64.b64encode(pair.encode()).decode("ascii")


def userinfo(url: str) -> str | None:
    """Return the `user:password` that an address carries, or None."""
    text, at, _ = urlsplit(url).netloc.rpartition("@")
    if not at:
        return None
    return unquote(text) if ":" in text else f"{unquote(text)}:"


def without_credentials(url: str) -> str:
    """Return an address without userinfo and fragment, as it is sent."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path or "/", parts.query, ""))


def redirected(current: str, location: str) -> str:
    """Return where a redirect leads, without the credentials it may carry.

    Raises:
        FetchError: it leads from https to http, to another scheme, or nowhere.
    """
    if any(not "!" <= character <= "~" for character in location):
        # CVE-2019-3462: what is in Location reaches whoever reads our messages.
        raise FetchError(
            "the server redirects to an address with forbidden characters",
            where=shown(current),
        )
    try:
        target = urljoin(without_credentials(current), location)
    except ValueError as error:
        raise FetchError(
            "the server redirects to what is not an address", where=shown(current)
        ) from error
    if urlsplit(target).scheme not in _NETWORK_SCHEMES:
        raise FetchError(
            "the server redirects to something that is neither http nor https",
            where=f"{shown(current)} -> {shown(target)}",
        )
    target = checked(without_credentials(target))
    if urlsplit(current).scheme == "https" and urlsplit(target).scheme != "https":
        raise FetchError(
            "the server redirects from https to plain http",
            where=f"{shown(current)} -> {shown(target)}",
        )
    return target


def file_path(url: str) -> str:
    """Return the path that a checked file address names."""
    return unquote(urlsplit(url).path)


def joined(base: str, path: str) -> str:
    """Return the address of `path`, which is relative and is quoted, below `base`."""
    return f"{base.rstrip('/')}/{quote(path, safe=_SAFE_IN_PATH)}"
