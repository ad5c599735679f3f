"""The packages of one input: its pockets, merged as apt merges them."""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence

from devenv.formats import debian_version
from devenv.model.apt import AptPackage, Relation
from devenv.sources.apt.index import PackageIndex

_NAME_BREAK = re.compile(r"[-+.]")
_WORD_BREAK = re.compile(r"[^a-z0-9+#]+")
_MISSING = 6

# What may pass for a slip of the pen; tried on names of the archive.
_MOST_LENGTH_DIFFERENCE = 4
_MOST_OTHER_LETTERS = 3
_LEAST_LIKENESS = 0.72
_LEAST_START = 3
_BONUS_FOR_ORDER = 0.15
_COST_OF_A_LETTER = 0.04
_COST_OF_A_WORD = 0.1


class Universe:
    """Every package of an input, whichever pocket it comes from.

    Of the same version in several pockets, the first index's is taken; apart
    from that the order of the indexes does not matter. What is looked up is
    remembered. It owns the indexes: `close` closes them.
    """

    def __init__(self, indexes: Sequence[PackageIndex]) -> None:
        self._indexes = tuple(indexes)
        self._versions: dict[str, tuple[AptPackage, ...]] = {}
        self._providers: dict[str, tuple[tuple[AptPackage, Relation], ...]] = {}

    def close(self) -> None:
        """Close every index; closing twice is fine."""
        for index in self._indexes:
            index.close()

    def versions(self, name: str) -> tuple[AptPackage, ...]:
        """Return every version of the package `name`, the newest first."""
        if name not in self._versions:
            found = [
                package for index in self._indexes for package in index.packages(name)
            ]
            self._versions[name] = _merged(found)
        return self._versions[name]

    def providers(self, name: str) -> tuple[tuple[AptPackage, Relation], ...]:
        """Return what provides `name`, with the very words of its Provides.

        Sorted by the provider's name, the newest version first.
        """
        if name not in self._providers:
            found = [
                package for index in self._indexes for package in index.providers(name)
            ]
            ordered = sorted(_merged(found), key=lambda package: package.name)
            self._providers[name] = tuple(
                (package, relation)
                for package in ordered
                for relation in package.provides
                if relation.name == name
            )
        return self._providers[name]

    def satisfies(self, version: str, operator: str, wanted: str) -> bool:
        """Tell whether `version` stands in this relation to `wanted`."""
        return debian_version.satisfies(version, operator, wanted)

    def upstream(self, version: str) -> str:
        """Return `version` without what Debian added to it."""
        return debian_version.upstream(version)

    def search(self, terms: Sequence[str], limit: int) -> tuple[AptPackage, ...]:
        """Return the packages that `terms` mean best, at most `limit`.

        Every term must stand in the name or the synopsis, in any case. A term
        that is the name ranks before one that begins it, then a word of it, a
        part of it, a word of the synopsis, a part of that. A name comes once,
        with its newest version.
        """
        words = tuple(term.lower() for term in terms if term.strip())
        ranks: dict[str, int] = {}
        for name, description in self._matching(max(words, key=len, default="")):
            rank = _rank(name, description, words)
            if rank is not None:
                ranks[name] = min(rank, ranks.get(name, rank))
        best = sorted(ranks, key=lambda name: (ranks[name], len(name), name))
        return tuple(self.versions(name)[0] for name in best[:limit])

    def nearest_names(self, name: str, limit: int) -> tuple[str, ...]:
        """Return names that someone who wrote `name` may have meant, best first."""
        names = {known for index in self._indexes for known in index.names()}
        scores = _likenesses(names, name.lower())
        best = sorted(scores, key=lambda known: (-scores[known], len(known), known))
        return tuple(best[:limit])

    def _matching(self, word: str) -> Iterator[tuple[str, str]]:
        if word:
            for index in self._indexes:
                for name, description in index.matching(word):
                    yield name, description.lower()


def _merged(packages: Sequence[AptPackage]) -> tuple[AptPackage, ...]:
    """Return one of each (name, version, architecture), the newest first."""
    first: dict[tuple[str, str, str], AptPackage] = {}
    for package in packages:
        first.setdefault((package.name, package.version, package.architecture), package)
    return tuple(
        sorted(
            first.values(),
            key=lambda found: (
                debian_version.sort_key(found.version),
                found.version,
                found.architecture,
            ),
            reverse=True,
        )
    )


def _rank(name: str, description: str, words: Sequence[str]) -> int | None:
    """Return how far a package is from `words`; None if one is missing."""
    ranks = [_word_rank(name, description, word) for word in words]
    return None if _MISSING in ranks else sum(ranks)


def _word_rank(name: str, description: str, word: str) -> int:
    if name.startswith(word):
        return 0 if name == word else 1
    if word in name:
        return 2 if word in _NAME_BREAK.split(name) else 3
    if word in description:
        return 4 if word in _WORD_BREAK.split(description) else 5
    return _MISSING


def _likenesses(names: Iterable[str], wanted: str) -> dict[str, float]:
    """Return those of `names` that are like `wanted`, from 0 to 1.

    Comparing all 70,000 names letter by letter takes a second; the two cheap
    questions before it leave some hundred.
    """
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
