"""Which proxy an address goes through, as the usual variables have it."""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network


def proxy_for(
    env: Mapping[str, str], *, scheme: str, host: str, port: int
) -> str | None:
    """Return the proxy for an address, or None to ask its server directly.

    `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` count in lower or
    upper case, lower first, as in curl.
    """
    proxy = _variable(env, f"{scheme}_proxy") or _variable(env, "all_proxy")
    if not proxy or is_direct(_variable(env, "no_proxy"), host=host, port=port):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def is_direct(no_proxy: str, *, host: str, port: int) -> bool:
    """Tell whether a `no_proxy` list exempts a host.

    An entry is `*`, an address, a network (`10.0.0.0/8`) or a name that stands
    for itself and all below it, with or without a leading dot; `:port` narrows
    it. White space and empty entries do not matter.
    """
    name = host.lower().rstrip(".").strip("[]")
    entries = no_proxy.replace(",", " ").split()
    return any(_matches(entry.lower(), name, port) for entry in entries)


def _matches(entry: str, name: str, port: int) -> bool:
    if entry == "*" or _is_in_network(name, entry.strip("[]")):
        return True
    stem, colon, number = entry.rpartition(":")
    if colon and number.isdigit():
        if int(number) != port:
            return False
        entry = stem
    wanted = entry.strip("[]").removeprefix("*").strip(".")
    return bool(wanted) and (name == wanted or name.endswith(f".{wanted}"))


def _is_in_network(name: str, entry: str) -> bool:
    try:
        return ip_address(name) in ip_network(entry, strict=False)
    except ValueError:
        return False


def _variable(env: Mapping[str, str], name: str) -> str:
    return env.get(name, "").strip() or env.get(name.upper(), "").strip()
