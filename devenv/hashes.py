"""SHA-256 of what is at hand, by the interpreter's own code or by OpenSSL's.

`hashlib` loads OpenSSL, which takes 3 ms; from some 100 kB on it is faster, so that it
hashes archives and the files in them.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        if sys.version_info >= (3, 12):
            from _sha2 import sha256
        else:
            from _sha256 import sha256
    except ImportError:
        # A Python that was built without its own hashes.
        from hashlib import sha256

__all__ = ["hex_sha1", "hex_sha256", "sha256"]

_LARGE_BYTES = 1 << 18


def hex_sha256(content: bytes) -> str:
    """Return the SHA-256 of a content of any size in lowercase hex."""
    if len(content) < _LARGE_BYTES and "hashlib" not in sys.modules:
        return sha256(content).hexdigest()
    import hashlib  # noqa: PLC0415 - OpenSSL, see above

    return hashlib.sha256(content).hexdigest()


def hex_sha1(content: bytes) -> str:
    """Return the SHA-1 in lowercase hex, for formats that leave no choice."""
    if TYPE_CHECKING:
        from hashlib import sha1  # noqa: PLC0415
    else:
        try:
            from _sha1 import sha1  # noqa: PLC0415 - rarely
        except ImportError:
            from hashlib import sha1  # noqa: PLC0415
    return sha1(content, usedforsecurity=False).hexdigest()
