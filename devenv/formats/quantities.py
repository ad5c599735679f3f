"""Sizes, counts and ages as people read and write them."""

import re
from datetime import timedelta

from devenv.errors import FormatError
from devenv.formats.amounts import counted, size
from devenv.patterns import late_pattern

__all__ = ["counted", "parse_age", "parse_size", "size"]

_STEP = 1000
_BINARY_STEP = 1024
_SIZE = late_pattern(r"(\d{1,12}(?:\.\d{1,6})?) ?(?:([kmgt])?(i)?b?)", re.IGNORECASE)
_AGE = late_pattern(r"(\d{1,6}) ?([hdw])", re.IGNORECASE)
_HOURS = {"h": 1, "d": 24, "w": 24 * 7}


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
