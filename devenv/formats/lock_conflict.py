"""What a merge left in a lock that two sides changed.

Git writes both sides between marker lines, and with `merge.conflictStyle =
diff3` what both came from between them.
"""

from collections.abc import Iterator

_OURS, _BASE, _MIDDLE, _THEIRS = "<" * 7, "|" * 7, "=" * 7, ">" * 7


def has_conflict(text: str) -> bool:
    """Tell whether a merge left markers in `text`."""
    if _OURS not in text:
        return False
    return any(_is_marker(line, _OURS) for line in text.split("\n"))


def split_conflict(text: str) -> tuple[str, str] | None:
    """Return the whole text as our side, and as their side, had it.

    None if the markers do not make sense: a person has been at it.
    """
    ours: list[str] = []
    theirs: list[str] = []
    for sides, line in _told_apart(text):
        if not sides:
            return None
        if "o" in sides:
            ours.append(line)
        if "t" in sides:
            theirs.append(line)
    return "\n".join(ours), "\n".join(theirs)


def _told_apart(text: str) -> Iterator[tuple[str, str]]:
    """Yield each line with its sides: `o`, `t`, both, or `-` for neither.

    No side at all means that the markers are not in order.
    """
    state = "both"
    follows = {
        _OURS: ({"both"}, "ours"),
        _BASE: ({"ours"}, "base"),
        _MIDDLE: ({"ours", "base"}, "theirs"),
        _THEIRS: ({"theirs"}, "both"),
    }
    sides = {"both": "ot", "ours": "o", "base": "-", "theirs": "t"}
    for line in text.split("\n"):
        marker = next((known for known in follows if _is_marker(line, known)), None)
        if marker is None:
            yield sides[state], line
            continue
        allowed, following = follows[marker]
        if state not in allowed:
            yield "", line
        state = following
    if state != "both":
        yield "", ""


def _is_marker(line: str, marker: str) -> bool:
    # A checkout may have given every line a carriage return.
    return line.rstrip("\r") == marker or line.startswith(f"{marker} ")
