"""The address of a file, as SQLite wants it to open one in a certain way."""

import os
from pathlib import Path

_PLAIN = frozenset(
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-~/"
)


def file_address(path: Path, parameters: str) -> str:
    """Return `file:PATH?PARAMETERS`, the bytes of the path quoted (RFC 3986).

    Not urllib.parse, which takes 2 ms to import.
    """
    quoted = (
        chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in os.fsencode(path)
    )
    return f"file:{''.join(quoted)}?{parameters}"
