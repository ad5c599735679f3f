"""Where caches of archives are, and what an archive is called in one."""

from collections.abc import Iterable

from devenv.errors import FormatError, UsageError

SCHEMES = ("http://", "https://")
MAX_PORT = 65535
_HASH_DIGITS = 64
_HEX = frozenset("0123456789abcdef")


def checked_places(texts: Iterable[str], *, where: str) -> tuple[str, ...]:
    """Return the places of caches: absolute paths, and addresses of web servers.

    Raises:
        FormatError: one is something else; `where` is what named it.
    """
    places = tuple(texts)
    for place in places:
        if not place.startswith(("/", *SCHEMES)):
            raise FormatError(
                "expected a path that begins with a slash, or an http or https"
                f" address, not {place!r}",
                where=where,
            )
    return places


def is_on_this_machine(place: str) -> bool:
    """Tell whether a cache is read without a socket of ours."""
    return place.startswith("/")


def name_in_cache(sha256: str) -> str:
    """Return the name of an archive below a cache: that of the folder of downloads."""
    return f"{sha256[:2]}/{sha256}"


def is_hash(name: str) -> bool:
    """Tell whether a name is a SHA-256 as it is written here."""
    return len(name) == _HASH_DIGITS and _HEX.issuperset(name)


def listen_address(text: str) -> tuple[str, int]:
    """Return the host and the port of `HOST:PORT`; IPv6 hosts stand in brackets.

    Raises:
        UsageError: it is something else.
    """
    host, colon, port = text.rpartition(":")
    is_bracketed = host.startswith("[") and host.endswith("]")
    host = host[1:-1] if is_bracketed else host
    is_host = bool(host) and (is_bracketed or ":" not in host) and bool(colon)
    if not is_host or not _is_number(port) or int(port) > MAX_PORT:
        raise UsageError(
            f"{text!r} is no address to listen at",
            hint="write HOST:PORT, such as 127.0.0.1:8710 or 0.0.0.0:8710",
        )
    return host, int(port)


def asked_hash(path: str) -> str | None:
    """Return the hash that the path of an address asks a cache for; None for others.

    The path is that of a request as it came. No other form is understood, escapes
    neither, so that nothing but an archive can be asked for.
    """
    name = path[4:]
    is_asked = is_hash(name) and path == f"/{name_in_cache(name)}"
    return name if is_asked else None


def asked_range(field: str, size: int) -> tuple[int, int] | None:
    """Return the first byte that a `Range` field asks for, and the one behind the last.

    None if it is none, or none of one piece: then the whole is sent, as a server may
    (RFC 9110, 14.2). A range that begins behind the end is empty.
    """
    unit, _, span = field.strip().partition("=")
    first, dash, last = span.partition("-")
    digits = first + last
    if unit != "bytes" or not dash or not first or not _is_number(digits):
        return None
    end = min(int(last) + 1, size) if last else size
    return int(first), max(int(first), end)


def _is_number(text: str) -> bool:
    # Python refuses to turn a thousand digits into a number.
    return text.isascii() and text.isdigit() and len(text) <= _HASH_DIGITS
