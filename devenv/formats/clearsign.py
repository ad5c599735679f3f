"""The frame of a clear-signed file (RFC 9580, section 7), read strictly.

OpenPGP tools verify *a* signed block somewhere in a file: gpgv accepts text
before and after it, and armor headers it does not know. What is taken to be
signed must be all there is, so the frame is checked before any tool looks.
"""

from devenv.errors import SignatureError
from devenv.values import dataclass

_MESSAGE = b"-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = b"-----BEGIN PGP SIGNATURE-----"
_END = b"-----END PGP SIGNATURE-----"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearsignedParts:
    """The text as it was signed, without dash escapes; and the armored signature."""

    text: bytes
    signature: bytes


def split_clearsigned(message: bytes) -> ClearsignedParts:
    """Return the two parts of a file that is one clear-signed message.

    Nothing proves yet that the signature is good.

    Raises:
        SignatureError: something stands before or after the message, it is not
            the only one, or a line is not what the frame allows there.
    """
    if b"\0" in message:
        raise _error("it holds a NUL byte")
    lines = [line.removesuffix(b"\r") for line in message.split(b"\n")]
    body = _after_headers(lines)
    if _SIGNATURE not in lines[body:]:
        raise _error("it has no signature")
    signature = lines.index(_SIGNATURE, body)
    text = [_unescaped(line) for line in lines[body:signature]]
    if _END not in lines[signature:]:
        raise _error("its signature is cut short")
    end = lines.index(_END, signature)
    if any(line.startswith(b"-") for line in lines[signature + 1 : end]):
        raise _error("a line of its signature starts with a dash")
    if any(line.strip() for line in lines[end + 1 :]):
        raise _error("something follows the signature")
    return ClearsignedParts(
        text=b"\n".join(text) + b"\n",
        signature=b"\n".join(lines[signature : end + 1]) + b"\n",
    )


def _after_headers(lines: list[bytes]) -> int:
    """Return the number of the first line of the text."""
    if lines[0] != _MESSAGE:
        raise _error("it does not begin with a signed message")
    for number, line in enumerate(lines[1:], start=1):
        if not line.strip():
            return number + 1
        if not line.startswith(b"Hash: "):
            raise _error("it has an armor header other than Hash")
    raise _error("it ends within its armor headers")


def _unescaped(line: bytes) -> bytes:
    if line.startswith(b"- "):
        return line[2:]
    if line.startswith(b"-"):
        raise _error("a line of its text starts with a dash that is not escaped")
    return line


def _error(what: str) -> SignatureError:
    return SignatureError(f"this is not one clear-signed file: {what}")
