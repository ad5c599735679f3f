"""Which of many names somebody may have meant who wrote another."""

from collections.abc import Iterable

# What may pass for a slip of the pen; tried on names of the archive.
_MOST_LENGTH_DIFFERENCE = 4
_MOST_OTHER_LETTERS = 3
_LEAST_LIKENESS = 0.72
_LEAST_START = 3
_BONUS_FOR_ORDER = 0.15
_COST_OF_A_LETTER = 0.04
_COST_OF_A_WORD = 0.1


def nearest_names(names: Iterable[str], wanted: str, limit: int) -> tuple[str, ...]:
    """Return those of `names` that `wanted` may stand for, best first."""
    scores = _likenesses(names, wanted.lower())
    best = sorted(scores, key=lambda known: (-scores[known], len(known), known))
    return tuple(best[:limit])


def meant(wanted: str, names: Iterable[str]) -> str:
    """Return the question whether the nearest of a few names was meant, or nothing."""
    known = sorted(names)
    lowered = {name.lower(): name for name in reversed(known)}
    import difflib  # noqa: PLC0415 - mostly for an error

    nearest = difflib.get_close_matches(wanted.lower(), lowered, n=1)
    return f"did you mean {lowered[nearest[0]]}?" if nearest else ""


def _likenesses(names: Iterable[str], wanted: str) -> dict[str, float]:
    """Return those of `names` that are like `wanted`, from 0 to 1.

    Comparing all 70,000 names letter by letter takes a second; the two cheap
    questions before it leave some hundred.
    """
    import difflib  # noqa: PLC0415 - as above

    letters = set(wanted)
    comparison = difflib.SequenceMatcher(a="", b=wanted, autojunk=False)
    found: dict[str, float] = {}
    for name in names:
        difference = abs(len(name) - len(wanted))
        if difference > _MOST_LENGTH_DIFFERENCE:
            continue
        if _begins(name, wanted):
            found[name] = 1 - difference * _COST_OF_A_LETTER
            if "-" in name[len(wanted) :]:
                # `node` means nodejs rather than node-tap.
                found[name] -= _COST_OF_A_WORD
        elif len(letters.symmetric_difference(name)) <= _MOST_OTHER_LETTERS:
            comparison.set_seq1(name)
            # Two letters in the wrong order are the commonest slip of all.
            bonus = _BONUS_FOR_ORDER if sorted(name) == sorted(wanted) else 0
            if (ratio := comparison.ratio()) >= _LEAST_LIKENESS:
                found[name] = ratio + bonus
    return found


def _begins(name: str, wanted: str) -> bool:
    """Tell whether one is the other and more, as `postgres` and `postgresql`."""
    shorter, longer = sorted((name, wanted), key=len)
    return len(shorter) >= _LEAST_START and longer.startswith(shorter)
