"""ca-certificates and ca-certificates-java: what `update-ca-certificates` makes."""

import struct
from contextlib import suppress

from devenv.build.composition import Composition
from devenv.build.draft import TreeDraft

BUNDLE = "etc/ssl/certs/ca-certificates.crt"
JAVA_STORE = "etc/ssl/certs/java/cacerts"

_BEGIN = b"-----BEGIN CERTIFICATE-----"
_END = b"-----END CERTIFICATE-----"
_ADDED_MILLISECONDS = 1_700_000_000_000
"""A fixed date for every entry, so that the key store is the same bytes always."""
_PASSWORD = "changeit"  # noqa: S105 - the documented password of every Java trust store
_JKS_MAGIC = 0xFEEDFEED
_JKS_VERSION = 2
_TRUSTED_CERTIFICATE = 2


def bundle_certificates(draft: TreeDraft, composition: Composition) -> None:
    """Make the certificate bundle, and a Java key store of the same ones."""
    if "ca-certificates" not in composition.packages:
        return
    paths = [
        path
        for pattern in ("*.crt", "*/*.crt")
        for path in draft.glob(f"usr/share/ca-certificates/{pattern}")
    ]
    certificates = {path: draft.read(path) for path in sorted(paths)}
    ended = (text if text.endswith(b"\n") else text + b"\n"
             for text in certificates.values())  # fmt: skip
    draft.write(BUNDLE, b"".join(ended))
    draft.write(JAVA_STORE, java_key_store(certificates))
    # OpenSSL's default place; Debian's CApath of hashed names is not made.
    draft.add_link("usr/lib/ssl/cert.pem", f"/{BUNDLE}")


def java_key_store(certificates: dict[str, bytes]) -> bytes:
    """Return a JKS trust store of PEM certificates, without any Java.

    The format is that of the JDK's `JavaKeyStore`: magic, version, count, the
    entries, and a SHA-1 over password, a constant and all that came before.
    """
    entries = [
        (path.rpartition("/")[2], der)
        for path, text in certificates.items()
        for der in _der(text)
    ]
    parts = [struct.pack(">IIi", _JKS_MAGIC, _JKS_VERSION, len(entries))]
    for name, der in entries:
        parts += (
            struct.pack(">I", _TRUSTED_CERTIFICATE),
            _text(f"debian:{name.lower()}"),
            struct.pack(">Q", _ADDED_MILLISECONDS),
            _text("X.509"),
            struct.pack(">I", len(der)),
            der,
        )
    body = b"".join(parts)
    salted = _PASSWORD.encode("utf-16-be") + b"Mighty Aphrodite" + body
    import hashlib  # noqa: PLC0415 - OpenSSL, 3 ms; few trees have Java's

    return body + hashlib.sha1(salted, usedforsecurity=False).digest()


def _der(pem: bytes) -> list[bytes]:
    """Return the certificates of a PEM text; what is no base64 is left out."""
    import base64  # noqa: PLC0415 - 1 ms; few trees have certificates

    found = []
    end = 0
    while (begin := pem.find(_BEGIN, end)) >= 0:
        begin += len(_BEGIN)
        end = pem.find(_END, begin + 1)
        if end < 0:
            break
        with suppress(ValueError):
            text = b"".join(pem[begin:end].split())
            found.append(base64.b64decode(text, validate=True))
    return found


def _text(value: str) -> bytes:
    encoded = value.encode("utf-8", "replace")
    return struct.pack(">H", len(encoded)) + encoded
