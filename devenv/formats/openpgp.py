"""As much of OpenPGP (RFC 9580) as it takes to tell which keys a file holds."""

import base64
import binascii
from collections.abc import Iterator

from devenv.errors import FormatError
from devenv.hashes import hex_sha1, hex_sha256

_BEGIN = b"-----BEGIN PGP PUBLIC KEY BLOCK-----"
_END = b"-----END PGP PUBLIC KEY BLOCK-----"
_PUBLIC_KEY = 6
_ONE_OCTET, _TWO_OCTETS, _FIVE_OCTETS = 192, 224, 255


def dearmored(keyring: bytes) -> bytes:
    """Return a keyring in binary, whether it was armored or not (section 6.2).

    Raises:
        FormatError: the armor is damaged.
    """
    if _BEGIN not in keyring:
        return keyring
    blocks = keyring.split(_BEGIN)[1:]
    return b"".join(_block(block) for block in blocks)


def primary_fingerprints(keyring: bytes) -> frozenset[str]:
    """Return the fingerprints (uppercase hex) of the primary keys (5.5.4).

    Raises:
        FormatError: this is no keyring, or holds no key of version 4 or 6.
    """
    whole = packets(dearmored(keyring))
    found = frozenset(fingerprint_of(body) for tag, body in whole if tag == _PUBLIC_KEY)
    if not found:
        raise FormatError("this file holds no OpenPGP key")
    return found


def _block(block: bytes) -> bytes:
    content, end, _ = block.partition(_END)
    if not end:
        raise FormatError("the armored key is cut short")
    lines = content.replace(b"\r\n", b"\n").split(b"\n")
    # Headers end with an empty line; `=` and four characters are the checksum.
    stripped = [line.strip() for line in lines[1:]]
    if b"" not in stripped:
        raise FormatError("the armored key has no empty line after its headers")
    body = stripped[stripped.index(b"") + 1 :]
    text = b"".join(line for line in body if not line.startswith(b"="))
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise FormatError("the armored key is not base64") from error


def fingerprint_of(body: bytes) -> str:
    """Return the fingerprint (uppercase hex) of a key packet's body (5.5.4).

    Raises:
        FormatError: it is of a version that is not known.
    """
    match body[:1]:
        case b"\x04":
            # SHA-1 is what a version 4 fingerprint is, and not a choice of ours.
            digest = hex_sha1(b"\x99" + len(body).to_bytes(2, "big") + body)
        case b"\x06":
            digest = hex_sha256(b"\x9b" + len(body).to_bytes(4, "big") + body)
        case _:
            raise FormatError("this file holds a key of an unknown version")
    return digest.upper()


def packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and body of every packet (section 4.2).

    Raises:
        FormatError: this is no keyring, or it is cut short.
    """
    position = 0
    while position < len(data):
        head = data[position]
        if not head & 0x80:
            raise FormatError("this is not an OpenPGP keyring")
        tag, start, length = (
            _new_header(data, position) if head & 0x40 else _old_header(data, position)
        )
        position = start + length
        if position > len(data):
            raise FormatError("the OpenPGP keyring is cut short")
        yield tag, data[start:position]


def _new_header(data: bytes, position: int) -> tuple[int, int, int]:
    tag = data[position] & 0x3F
    first = int.from_bytes(data[position + 1 : position + 2], "big")
    if first < _ONE_OCTET:
        return tag, position + 2, first
    if first < _TWO_OCTETS:
        second = int.from_bytes(data[position + 2 : position + 3], "big")
        return tag, position + 3, ((first - _ONE_OCTET) << 8) + second + _ONE_OCTET
    if first == _FIVE_OCTETS:
        length = int.from_bytes(data[position + 2 : position + 6], "big")
        return tag, position + 6, length
    raise FormatError("a key in pieces of unknown length: no keyring has that")


def _old_header(data: bytes, position: int) -> tuple[int, int, int]:
    tag = data[position] >> 2 & 0x0F
    kind = data[position] & 3
    if kind == 3:  # noqa: PLR2004 - indeterminate length
        raise FormatError("a key of indeterminate length: no keyring has that")
    start = position + 1 + (1 << kind)
    return tag, start, int.from_bytes(data[position + 1 : start], "big")
