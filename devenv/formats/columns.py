"""Rows of text with their columns one below the other."""

from collections.abc import Sequence

_GAP = "  "


def columns(
    rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()
) -> list[str]:
    """Return a line for each row, without spaces at its end.

    Args:
        rows: as many texts in each.
        right: the columns that end, rather than begin, one below the other.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        _GAP.join(
            text.rjust(width) if number in right else text.ljust(width)
            for number, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
