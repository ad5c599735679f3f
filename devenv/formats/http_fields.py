"""The HTTP header fields that a resumed download depends on (RFC 9110)."""

import re
from collections.abc import Mapping

from devenv.errors import FormatError
from devenv.patterns import late_pattern
from devenv.values import dataclass

_CONTENT_RANGE = late_pattern(
    r"bytes[ \t]+(\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRange:
    """Which bytes a 206 answer holds; `total` is None if the server won't say."""

    first: int
    last: int
    total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What tells one version of a resource from another (RFC 9110, 8.8)."""

    etag: str | None = None
    last_modified: str | None = None

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> "Validators":
        """Return the validators of an answer; names compare without case."""
        fields = {name.lower(): value.strip() for name, value in headers.items()}
        return cls(
            etag=fields.get("etag") or None,
            last_modified=fields.get("last-modified") or None,
        )

    @property
    def for_range(self) -> str | None:
        """What `If-Range` may hold: a strong ETag, else a date, else nothing."""
        if self.etag is not None:
            return self.etag if self.etag.startswith('"') else None
        return self.last_modified

    def conditions(self) -> dict[str, str]:
        """Return the fields that ask for the resource only if it changed."""
        fields = {}
        if self.etag is not None:
            fields["If-None-Match"] = self.etag
        if self.last_modified is not None:
            fields["If-Modified-Since"] = self.last_modified
        return fields


def parse_content_range(value: str) -> ContentRange:
    """Return what a `Content-Range` field says (RFC 9110, 14.4).

    Raises:
        FormatError: it is malformed, or says nothing of bytes.
    """
    found = _CONTENT_RANGE.fullmatch(value.strip())
    if found is None:
        raise FormatError(f"not a range of bytes: {value[:80]!r}")
    first, last = int(found[1]), int(found[2])
    total = None if found[3] == "*" else int(found[3])
    if last < first or (total is not None and last >= total):
        raise FormatError(f"an impossible range of bytes: {value[:80]!r}")
    return ContentRange(first=first, last=last, total=total)
