"""The user's folders: whose they are, and what was left lying in them."""

from collections.abc import Iterator, Mapping, Sequence

from devenv.model.finding import Finding, note, ok, problem
from devenv.values import dataclass

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFacts:
    """Files and folders that are another user's, or that others may write to."""

    foreign: Sequence[str] = ()
    open_to_others: Sequence[str] = ()
    unwritable: Sequence[str] = ()


def diagnose_folders(facts: FolderFacts) -> Iterator[Finding]:
    """Yield what makes folders unusable, or that nothing does."""
    found = []
    for paths, what, advice in (
        (
            facts.foreign,
            "belongs to another user, as after devenv was run with sudo",
            "sudo chown -R",
        ),
        (facts.open_to_others, "may be written by other users", "chmod -R go-w"),
        (facts.unwritable, "may not be written", "chmod -R u+w"),
    ):
        for path in paths[:_MOST_NAMED]:
            order = f"{advice} $(id -u):$(id -g)" if "chown" in advice else advice
            found.append(
                problem("folders", what, where=path, advice=f"{order} '{path}'")
            )
    yield from found or [ok("folders", "all of devenv's folders are yours")]


def diagnose_leftovers(counts: Mapping[str, int]) -> Finding:
    """Tell what interrupted work has left; `counts` by what it is."""
    left = [f"{count} {kind}" for kind, count in counts.items() if count]
    if not left:
        return ok("leftovers", "nothing was left lying")
    return note(
        "leftovers",
        f"interrupted work has left {', '.join(left)}",
        advice="devenv gc removes what is of no use; what is in use now ends by itself",
    )
