"""Extended headers of a tar file: the records of POSIX pax."""

import re

from devenv.errors import FormatError
from devenv.values import dataclass

_RECORD_HEAD = re.compile(rb"([1-9][0-9]{0,7}) ")
_TIME = re.compile(rb"([0-9]{1,18})(?:\.[0-9]{1,32})?")
_SIZE = re.compile(rb"[0-9]{1,18}")

_WITHOUT_EFFECT = re.compile(
    rb"atime|ctime|uid|gid|uname|gname|comment"
    # Extended attributes and inode numbers as star and bsdtar note them:
    # neither is restored.
    rb"|SCHILY\.(?:xattr\..+|dev|ino|nlink|fflags)"
    rb"|LIBARCHIVE\.(?:xattr\..+|creationtime)",
    re.DOTALL,
)
"""Keys that describe what unpacking leaves out anyway. Any other key is refused:
`GNU.sparse.*` changes what the content means, `hdrcharset` what the names mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaxRecords:
    """What an extended header says of the entry that follows it."""

    path: bytes | None = None
    target: bytes | None = None
    size: int | None = None
    mtime_seconds: int | None = None


def read_pax(content: bytes) -> PaxRecords:
    """Return the records of one extended header.

    Raises:
        FormatError: a record is malformed, repeated, or of an unknown key.
    """
    known: dict[bytes, bytes] = {}
    seen: set[bytes] = set()
    position = 0
    while position < len(content):
        key, value, position = _record(content, position)
        if key in seen:
            raise FormatError("an extended tar header has a record twice")
        seen.add(key)
        if key in (b"path", b"linkpath", b"size", b"mtime"):
            known[key] = value
        elif _WITHOUT_EFFECT.fullmatch(key) is None:
            raise FormatError(f"an extended tar header has an unknown record: {key!r}")
    return PaxRecords(
        path=_name(known.get(b"path")),
        target=_name(known.get(b"linkpath")),
        size=_whole_number(known.get(b"size"), _SIZE),
        mtime_seconds=_whole_number(known.get(b"mtime"), _TIME),
    )


def _record(content: bytes, start: int) -> tuple[bytes, bytes, int]:
    """Return key, value and the position of the record after this one."""
    head = _RECORD_HEAD.match(content, start)
    if head is None:
        raise FormatError("an extended tar header has a record without a length")
    end = start + int(head[1])
    record = content[head.end() : end]
    key, equals, value = record.partition(b"=")
    if end > len(content) or not record.endswith(b"\n") or not key or not equals:
        raise FormatError("an extended tar header has a malformed record")
    return key, value[:-1], end


def _name(value: bytes | None) -> bytes | None:
    if value is not None and (not value or b"\0" in value):
        raise FormatError("an extended tar header has an impossible name")
    return value


def _whole_number(value: bytes | None, pattern: re.Pattern[bytes]) -> int | None:
    if value is None:
        return None
    if pattern.fullmatch(value) is None:
        raise FormatError("an extended tar header has a number that is none")
    return int(value.partition(b".")[0])
