"""The packages of one input: its pockets, merged as apt merges them."""

import difflib
from collections.abc import Iterable, Sequence

from devenv.formats import debian_version
from devenv.model.apt import AptPackage, Relation
from devenv.sources.apt.index import PackageIndex
from devenv.sources.apt.search_file import search_file_content

_Summary = tuple[str, str, str]
"""Version, architecture and description of a package."""

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

    def searchable(self) -> bytes:
        """Return the content of the file in which these packages are searched.

        A package is found by any description it has, and shown with its newest
        version.
        """
        descriptions: list[tuple[str, str]] = []
        newest: dict[str, _Summary] = {}
        for index in self._indexes:
            for name, version, architecture, about in index.summaries():
                descriptions.append((name, about))
                summary = (version, architecture, about)
                known = newest.get(name)
                if known is None or _age(summary) > _age(known):
                    newest[name] = summary
        rows = [(name, version, about) for name, (version, _, about) in newest.items()]
        return search_file_content(descriptions, rows)

    def nearest_names(self, name: str, limit: int) -> tuple[str, ...]:
        """Return names that someone who wrote `name` may have meant, best first."""
        names = {known for index in self._indexes for known in index.names()}
        scores = _likenesses(names, name.lower())
        best = sorted(scores, key=lambda known: (-scores[known], len(known), known))
        return tuple(best[:limit])


def _merged(packages: Sequence[AptPackage]) -> tuple[AptPackage, ...]:
    """Return one of each (name, version, architecture), the newest first."""
    first: dict[tuple[str, str, str], AptPackage] = {}
    for package in packages:
        first.setdefault((package.name, package.version, package.architecture), package)
    return tuple(
        sorted(
            first.values(),
            key=lambda found: _age((found.version, found.architecture)),
            reverse=True,
        )
    )


def _age(summary: tuple[str, ...]) -> tuple[object, ...]:
    """Return what is greater for the newer of two (version, architecture, ...)."""
    version, architecture, *_ = summary
    return debian_version.sort_key(version), version, architecture


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
