"""Signatures checked by the Sequoia library."""

from datetime import datetime
from importlib.util import find_spec

from devenv.errors import SignatureError
from devenv.formats.openpgp import primary_fingerprints


def is_available() -> bool:
    """Tell whether the library is installed."""
    return find_spec("pysequoia") is not None


def verify(
    message: bytes, signature: bytes, keyring: bytes, *, now: datetime
) -> tuple[bytes, frozenset[str]]:
    """Return what a clear-signed message says, and who signed it well.

    `signature` is the armored block at the end of `message`. A key that has
    expired does not count, though it was good when it signed: who finds it
    later can date a signature back.

    Raises:
        SignatureError: nobody in the keyring did.
        FormatError: the keyring cannot be read.
    """
    # 15 ms to import, which a command that resolves nothing does not need.
    import pysequoia  # noqa: PLC0415

    primary_fingerprints(keyring)  # says better than the library what is wrong
    certificates = pysequoia.Cert.split_bytes(keyring)
    try:
        found = pysequoia.verify(message, store=lambda _: certificates)
    except RuntimeError as error:
        # The library's text carries a stack trace after its first line.
        reason = str(error).partition("\n")[0]
        raise SignatureError(f"no known key has signed this file: {reason}") from None
    strong = _keys_over_strong_digests(signature)
    expired = {
        certificate.fingerprint
        for certificate in certificates
        if certificate.expiration is not None and certificate.expiration <= now
    }
    signers = frozenset(
        good.certificate.upper()
        for good in found.valid_sigs
        if good.signing_key.upper() in strong and good.certificate not in expired
    )
    if found.bytes is None or not signers:
        raise SignatureError(
            "no known key that is still valid has signed this file over a strong digest"
        )
    return found.bytes, signers


def _keys_over_strong_digests(signature: bytes) -> frozenset[str]:
    """Return the fingerprints of keys that sign over SHA-2 of 256 bits or more.

    A key that signs over a weak digest as well does not count: which of its
    signatures is the good one, the library does not tell.
    """
    from pysequoia.packet import HashAlgorithm, PacketPile, Tag  # noqa: PLC0415

    allowed = (HashAlgorithm.SHA256, HashAlgorithm.SHA384, HashAlgorithm.SHA512)
    strong: set[str] = set()
    weak: set[str] = set()
    for packet in PacketPile.from_bytes(signature):
        if packet.tag == Tag.Signature and packet.issuer_fingerprint is not None:
            is_strong = packet.hash_algorithm in allowed
            (strong if is_strong else weak).add(packet.issuer_fingerprint.upper())
    return frozenset(strong - weak)
