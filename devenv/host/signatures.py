"""Who signed a file: answered by a library, or by gpgv where it is not there."""

from collections.abc import Iterable
from datetime import datetime

from devenv.errors import SignatureError
from devenv.formats.clearsign import split_clearsigned
from devenv.host import sequoia
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedMessage:
    """What was signed, and the primary fingerprints (uppercase hex) of who did."""

    text: bytes
    signers: frozenset[str]


def verify_clearsigned(
    message: bytes, *, keyring: bytes, accepted: Iterable[str], now: datetime
) -> VerifiedMessage:
    """Return what a clear-signed file says, if one of `accepted` signed it.

    `keyring` holds certificates, binary or armored; `accepted` are fingerprints
    of primary keys. Only signatures over SHA-256, SHA-384 or SHA-512 count.
    Signatures of other keys, good or not, change nothing: archives sign with
    several, of which we need not know all.

    Raises:
        SignatureError: the file is more than one clear-signed message, none of
            the signatures is good enough, or nothing here can verify any.
    """
    parts = split_clearsigned(message)
    if sequoia.is_available():
        text, found = sequoia.verify(message, parts.signature, keyring, now=now)
    else:
        text, found = _verified_by_gpgv(message, keyring)
    signers = found & frozenset(accepted)
    if not signers:
        raise SignatureError(
            "no key that is trusted for this archive has signed this file",
            hint="the server may be serving something else; or the archive has new"
            " keys, which a newer devenv knows",
        )
    return VerifiedMessage(text=text, signers=signers)


def _verified_by_gpgv(message: bytes, keyring: bytes) -> tuple[bytes, frozenset[str]]:
    # With the library nobody needs what runs a program: 8 ms.
    from devenv.host import gpgv  # noqa: PLC0415

    if gpgv.is_available():
        return gpgv.verify(message, keyring)
    raise SignatureError(
        "nothing on this machine can check the archive's signatures",
        hint="install pysequoia into devenv's Python, or gpgv from the system",
    )
