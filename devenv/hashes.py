"""SHA-256 of small things, by the interpreter's own code.

`hashlib` loads OpenSSL, which takes 3 ms; from some 100 kB on it is faster, so that it
hashes archives and the files in them.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha2 import sha256
    except ImportError:
        try:
            # Before Python 3.12.
            from _sha256 import sha256
        except ImportError:
            # A Python that was built without its own hashes.
            from hashlib import sha256

__all__ = ["sha256"]
