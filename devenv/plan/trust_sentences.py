"""What is said of a project's trust in one line."""

from collections.abc import Sequence

from devenv.model.trust import New, TrustDecision

MAX_CHARACTERS = 400


def changed_sentence(decision: TrustDecision, *, fetched: int = 0) -> str:
    """Return the line that names what is new in a project that was allowed.

    `fetched` packages were unpacked for it already.
    """
    names = _listed([new_text(new) for new in decision.needed])
    packages = "1 package" if fetched == 1 else f"{fetched} packages"
    ahead = f"; {packages} fetched ahead" if fetched else ""
    return f"new here: {names}{ahead} (devenv allow shows all, and asks)"


def told_sentence(decision: TrustDecision) -> str:
    """Return the line that tells of what needs no nod; empty for nothing."""
    return _listed(decision.told)


def new_text(new: New) -> str:
    """Return what is new in a few words."""
    return f"{new.kind} {new.text}"


def _listed(texts: Sequence[str]) -> str:
    """Join texts; those that would make the line too long are counted."""
    shown: list[str] = []
    length = 0
    for text in texts:
        first = text.partition("\n")[0]
        length += len(first)
        if shown and length > MAX_CHARACTERS:
            return f"{'; '.join(shown)}; and {len(texts) - len(shown)} more"
        shown.append(first[:MAX_CHARACTERS])
    return "; ".join(shown)
