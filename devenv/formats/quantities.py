"""Sizes, counts and ages as people read and write them."""

import re
from datetime import timedelta

from devenv.errors import FormatError

_UNITS = ("B", "kB", "MB", "GB", "TB")
_STEP = 1000
_BINARY_STEP = 1024
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?) ?(?:([kmgt])?(i)?b?)", re.IGNORECASE)
_AGE = re.compile(r"(\d{1,6}) ?([hdw])", re.IGNORECASE)
_HOURS = {"h": 1, "d": 24, "w": 24 * 7}


def size(count_bytes: int) -> str:
    """Return a size in SI units with at most three digits: `4.1 MB`."""
    value = float(count_bytes)
    unit = _UNITS[0]
    for larger in _UNITS[1:]:
        if value < _STEP:
            break
        value /= _STEP
        unit = larger
    if unit == "B":
        return f"{count_bytes} B"
    return f"{value:.1f} {unit}" if value < _STEP / 10 else f"{value:.0f} {unit}"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Return a count with its noun: `1 package`, `3 packages`."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def parse_size(text: str) -> int:
    """Return the bytes that `5G`, `500 MB`, `1.5GiB` or `4096` mean.

    Raises:
        FormatError: it is no size.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None or (match[3] and not match[2]):
        raise FormatError(
            f"{text!r} is no size", hint="write it like 500M, 5G or 1.5GiB"
        )
    power = " kmgt".index((match[2] or " ").lower())
    return int(float(match[1]) * (_BINARY_STEP if match[3] else _STEP) ** power)


def parse_age(text: str) -> timedelta:
    """Return the time that `12h`, `30d` or `2w` mean.

    Raises:
        FormatError: it is no age.
    """
    match = _AGE.fullmatch(text.strip())
    if match is None:
        raise FormatError(f"{text!r} is no age", hint="write it like 30d, 2w or 12h")
    return timedelta(hours=int(match[1]) * _HOURS[match[2].lower()])
