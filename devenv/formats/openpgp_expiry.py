"""When the keys of an OpenPGP keyring expire (RFC 9580, sections 5.2.3 and 5.5.2)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from devenv.errors import FormatError
from devenv.formats.openpgp import dearmored, fingerprint_of, packets

_SIGNATURE, _PUBLIC_KEY, _SUBKEY = 2, 6, 14
_CERTIFYING = frozenset({0x10, 0x11, 0x12, 0x13})
_DIRECT = 0x1F
_CREATED, _KEY_EXPIRES, _ISSUER, _ISSUER_FINGERPRINT = 2, 9, 16, 33
_LENGTH_BYTES = {4: 2, 6: 4}
_TWO_OCTETS, _FIVE_OCTETS = 192, 255
_KEY_ID_DIGITS = 16

_Subpackets = Mapping[int, bytes]


def key_expiries(keyring: bytes) -> Mapping[str, datetime | None]:
    """Return when each primary key expires, by fingerprint; None for never.

    The newest of a key's own signatures counts. Whether it is good is not looked at:
    this tells people what to expect; who verifies looks for itself.

    Raises:
        FormatError: this is no keyring.
    """
    found: dict[str, datetime | None] = {}
    own, created, newest = "", 0, -1
    for tag, body in packets(dearmored(keyring)):
        if tag == _PUBLIC_KEY:
            own, created, newest = fingerprint_of(body), _number(body[1:5]), -1
            found[own] = None
        elif tag == _SUBKEY:
            # What follows is about the subkey.
            newest = 1 << 62
        elif tag == _SIGNATURE and own:
            told = _subpackets(body)
            at = _number(told.get(_CREATED, b""))
            if _is_by(own, told) and at > newest:
                newest = at
                seconds = _number(told.get(_KEY_EXPIRES, b""))
                found[own] = _moment(created + seconds) if seconds else None
    return found


def _is_by(fingerprint: str, told: _Subpackets) -> bool:
    by_whole = told.get(_ISSUER_FINGERPRINT, b"")[1:].hex().upper()
    by_part = told.get(_ISSUER, b"").hex().upper()
    return by_whole == fingerprint or by_part == fingerprint[-_KEY_ID_DIGITS:]


def _subpackets(body: bytes) -> _Subpackets:
    """Return what a certifying signature says; nothing for another kind."""
    count = _LENGTH_BYTES.get(body[0] if body else 0)
    if count is None or body[1] not in {*_CERTIFYING, _DIRECT}:
        return {}
    start = 4 + count
    hashed = body[start : start + _number(body[4:start])]
    rest = start + len(hashed)
    length = _number(body[rest : rest + count])
    unhashed = body[rest + count : rest + count + length]
    # What is hashed wins: anybody could add to the rest.
    told = {**dict(_parts(unhashed)), **dict(_parts(hashed))}
    # One on the key itself may only name who can revoke it.
    is_silent = body[1] == _DIRECT and _KEY_EXPIRES not in told
    return {} if is_silent else told


def _parts(area: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position < len(area):
        first = area[position]
        if first < _TWO_OCTETS:
            start, length = position + 1, first
        elif first < _FIVE_OCTETS:
            second = _number(area[position + 1 : position + 2])
            start, length = position + 2, ((first - _TWO_OCTETS) << 8) + second + 192
        else:
            start, length = position + 5, _number(area[position + 1 : position + 5])
        if not length or start + length > len(area):
            raise FormatError("a signature in the keyring is damaged")
        yield area[start] & 0x7F, area[start + 1 : start + length]
        position = start + length


def _number(octets: bytes) -> int:
    return int.from_bytes(octets, "big")


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
