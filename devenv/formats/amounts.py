"""Sizes and counts as people read them; quick commands write them, too."""

_UNITS = ("B", "kB", "MB", "GB", "TB")
_STEP = 1000


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
