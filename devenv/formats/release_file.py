"""Release files: what an archive says of one suite (Debian RepositoryFormat)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType

from devenv.errors import FormatError
from devenv.formats.deb822 import paragraphs
from devenv.model.apt import IndexEntry, Release
from devenv.patterns import late_pattern

_SHA256 = late_pattern(r"[0-9a-f]{64}")
_USUAL_DATE = late_pattern(
    r"[A-Z][a-z]{2}, (\d\d) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r" (\d{4}) (\d\d):(\d\d):(\d\d) UTC",
    re.ASCII,
)
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_MAX_SIZE_DIGITS = 15
_FIELDS_OF_ENTRY = 3


# A lock for two systems reads each of them twice.
@lru_cache(maxsize=8)
def parse_release(text: str) -> Release:
    """Return the Release that a verified text describes.

    Only the SHA256 section counts: MD5 and SHA-1 prove nothing any more.

    Raises:
        FormatError: it is not one paragraph, has no date or no SHA256 section,
            or vouches for a file twice.
    """
    found = list(paragraphs(text))
    if len(found) != 1:
        raise FormatError(f"a Release file has one paragraph, not {len(found)}")
    fields = {name.lower(): value for name, value in found[0].items()}
    if "date" not in fields:
        raise FormatError("this Release file has no Date")
    valid_until = fields.get("valid-until")
    no_support = fields.get("no-support-for-architecture-all", "")
    architectures = tuple(fields.get("architectures", "").split())
    return Release(
        origin=fields.get("origin", ""),
        label=fields.get("label", ""),
        suite=fields.get("suite", ""),
        codename=fields.get("codename", ""),
        version=fields.get("version", ""),
        date=parse_date(fields["date"]),
        valid_until=None if valid_until is None else parse_date(valid_until),
        architectures=architectures,
        components=tuple(fields.get("components", "").split()),
        acquires_by_hash=fields.get("acquire-by-hash", "").lower() == "yes",
        lists_all_separately="all" in architectures and no_support != "Packages",
        entries=_entries(fields),
    )


def parse_date(text: str) -> datetime:
    """Return a date of a Release file: RFC 5322 with the zone spelled UTC.

    Raises:
        FormatError: it is no such date.
    """
    usual = _USUAL_DATE.fullmatch(text)
    if usual is None:
        return _unusual_date(text)
    day, year, hour, minute, second = map(int, usual.group(1, 3, 4, 5, 6))
    month = 1 + _MONTHS.index(usual[2]) // 3
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise FormatError(f"this is not a date: {text[:80]!r}") from error


def _unusual_date(text: str) -> datetime:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 (rare, and 4 ms)

    try:
        moment = parsedate_to_datetime(text.replace(" UTC", " +0000"))
    except (ValueError, IndexError, TypeError, OverflowError) as error:
        raise FormatError(f"this is not a date: {text[:80]!r}") from error
    if moment.tzinfo is None:
        raise FormatError(f"this date does not say that it is UTC: {text[:80]!r}")
    return moment.astimezone(UTC)


def _entries(fields: Mapping[str, str]) -> Mapping[str, IndexEntry]:
    if "sha256" not in fields:
        raise FormatError(
            "this Release file has no SHA256 section: its files cannot be checked",
            hint="the archive is too old or not well kept; devenv cannot use it",
        )
    entries: dict[str, IndexEntry] = {}
    for line in fields["sha256"].split("\n"):
        if not line:
            continue
        words = line.split()
        if len(words) != _FIELDS_OF_ENTRY or not _is_entry(*words):
            raise FormatError(f"not a hash, a size and a name: {line[:160]!r}")
        digest, size, name = words
        entry = IndexEntry(sha256=digest, size=int(size))
        # The same line twice happens; two answers to one question may not.
        if entries.setdefault(name, entry) != entry:
            raise FormatError(f"this Release file describes {name!r} twice")
    return MappingProxyType(entries)


def _is_entry(digest: str, size: str, name: str) -> bool:
    is_size = size.isascii() and size.isdigit() and len(size) <= _MAX_SIZE_DIGITS
    parts = name.split("/")
    return bool(_SHA256.fullmatch(digest)) and is_size and ".." not in parts
