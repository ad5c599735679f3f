"""What is in an exported project: a head, its lock, and archives by their hash."""

import json
import re

from devenv.errors import FormatError
from devenv.model.store_path import canonical_json

FORMAT = 1
HEAD_NAME = "devenv-export.json"
MAX_HEAD_BYTES = 4096

_ARCHIVE = re.compile(r"archives/([0-9a-f]{64})\.deb")


def render_head(*, system: str, archive_count: int) -> bytes:
    """Return the first file of an export, which says what it is."""
    fields = {"format": FORMAT, "system": system, "archives": archive_count}
    return canonical_json(fields).encode("ascii") + b"\n"


def parse_head(content: bytes) -> tuple[str, int]:
    """Return the system of an export, and how many archives follow.

    Raises:
        FormatError: it is none, or of a newer devenv.
    """
    try:
        fields = json.loads(content)
        if fields["format"] != FORMAT:
            raise FormatError("a newer devenv exported this", hint="upgrade devenv")
        return str(fields["system"]), int(fields["archives"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FormatError("this is no project that devenv exported") from error


def archive_name(sha256: str) -> str:
    """Return the name of an archive in an export."""
    return f"archives/{sha256}.deb"


def archive_hash(name: str) -> str | None:
    """Return the SHA-256 that the name of an archive stands for; None for others."""
    found = _ARCHIVE.fullmatch(name)
    return found[1] if found else None
