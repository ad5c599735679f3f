"""Who signed a file: answered by a library, or by gpgv where it is not there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from devenv.errors import SignatureError
from devenv.formats.clearsign import split_clearsigned
from devenv.host import gpgv, sequoia


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedMessage:
    """What was signed, and the primary fingerprints (uppercase hex) of who did."""

    text: bytes
    signers: frozenset[str]


Verifier = Callable[[bytes, bytes], VerifiedMessage]


def verify_clearsigned(
    message: bytes, *, keyring: bytes, accepted: Iterable[str]
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
    wanted = frozenset(accepted)
    verify = _verifier()
    found = verify(message, parts.signature, keyring)
    signers = frozenset(found.signers) & wanted
    if not signers:
        raise SignatureError(
            "no key that is trusted for it has signed this file",
            hint="the server may be serving something else, or the archive has new"
            " keys: a newer devenv knows them",
        )
    return VerifiedMessage(text=found.text, signers=signers)


def fingerprints_in(keyring: bytes) -> frozenset[str]:
    """Return the primary fingerprints (uppercase hex) of the certificates.

    Raises:
        SignatureError: this is no keyring, or nothing here can read one.
    """
    if sequoia.is_available():
        return sequoia.fingerprints_in(keyring)
    return gpgv.fingerprints_in(keyring)
