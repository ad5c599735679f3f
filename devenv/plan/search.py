"""The search behind `devenv.plan.resolve`: greedy, and able to go back.

Wants are worked off in a fixed order. Each that is not met already becomes a
decision, which takes its first candidate. A want without a candidate sends the
search back to the latest decision that has to do with it (conflict-directed
backjumping): the one that brought in the wanter, or the one that took a wanted
name in another version.
"""

from collections.abc import Iterator, Sequence

from devenv.errors import ResolutionError
from devenv.model.apt import AptPackage
from devenv.plan.candidates import Offers, Want
from devenv.plan.explain import DeadEnd, unsatisfiable
from devenv.values import dataclass

MAX_RETURNS = 5_000
"""How often the search goes back before a problem counts as unsolvable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search ended with.

    `edges` are (wanter, name) in the order in which they were met, the wanter
    empty for a request; `skipped` are (name, wanter).
    """

    chosen: dict[str, AptPackage]
    edges: tuple[tuple[str, str], ...]
    skipped: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """How long everything was, so that it can be cut back to it."""

    lengths: tuple[int, ...]
    positions: tuple[int, ...]
    chosen: int


@dataclass(slots=True, kw_only=True)
class _Decision:
    """One choice: what is left to try, and which decisions stood in the way."""

    want: Want
    candidates: Iterator[AptPackage]
    blame: set[int]
    mark: _Mark


class Search:
    """One run over `wants`, and over `late` when everything else is met."""

    def __init__(
        self, offers: Offers, wants: Sequence[Want], late: Sequence[Want]
    ) -> None:
        self._offers = offers
        # What is simple comes before what is a choice: by then the choice has
        # often been made. Both only grow, so that going back means cutting.
        self._simple = list(wants)
        self._choices: list[Want] = []
        self._late = list(late)
        self._positions = [0, 0, 0]
        self._chosen: dict[str, AptPackage] = {}
        self._levels: dict[str, int] = {}
        self._edges: list[tuple[str, str]] = []
        self._skipped: list[tuple[str, str]] = []
        self._decisions: list[_Decision] = []
        self._returns = 0
        self._first_dead_end: DeadEnd | None = None

    def run(self) -> Found:
        """Meet every want.

        Raises:
            ResolutionError: that is impossible; it tells of the first dead end.
        """
        while (want := self._next_want()) is not None:
            self._meet(want)
        return Found(
            chosen=self._chosen,
            edges=tuple(self._edges),
            skipped=tuple(self._skipped),
        )

    def _next_want(self) -> Want | None:
        for which, queue in enumerate((self._simple, self._choices, self._late)):
            position = self._positions[which]
            if position < len(queue):
                self._positions[which] += 1
                return queue[position]
        return None

    def _meet(self, want: Want) -> None:
        if (name := self._offers.met_by(want, self._chosen)) is not None:
            self._edges.append((want.wanter, name))
        elif (name := self._offers.skipped_name(want)) is not None:
            self._skipped.append((name, want.wanter))
        else:
            self._decisions.append(self._decision(want))
            self._take_next()

    def _decision(self, want: Want) -> _Decision:
        blame: set[int] = set()
        candidates: list[AptPackage] = []
        for package in self._offers.candidates(want):
            if package.name in self._chosen:
                blame.add(self._levels[package.name])
            else:
                candidates.append(package)
        return _Decision(
            want=want, candidates=iter(candidates), blame=blame, mark=self._mark()
        )

    def _take_next(self) -> None:
        """Take the next candidate of the last decision that has one."""
        while True:
            decision = self._decisions[-1]
            self._cut_back(decision.mark)
            package = next(decision.candidates, None)
            if package is not None:
                self._take(package, decision.want)
                return
            self._go_back()

    def _take(self, package: AptPackage, want: Want) -> None:
        self._chosen[package.name] = package
        self._levels[package.name] = len(self._decisions) - 1
        self._edges.append((want.wanter, package.name))
        for further in self._offers.wants_of(package):
            queue = self._simple if len(further.options) == 1 else self._choices
            queue.append(further)

    def _go_back(self) -> None:
        """Drop the last decision, and those that have no part in its failure."""
        failed = self._decisions.pop()
        if self._first_dead_end is None:
            self._first_dead_end = self._dead_end(failed.want)
        blame = failed.blame
        if failed.want.wanter:
            blame.add(self._levels[failed.want.wanter])
        self._returns += 1
        if not blame or self._returns > MAX_RETURNS:
            raise self._error(self._first_dead_end)
        latest = max(blame)
        del self._decisions[latest + 1 :]
        self._decisions[latest].blame |= blame - {latest}

    def _error(self, dead_end: DeadEnd) -> ResolutionError:
        return unsatisfiable(dead_end, self._offers.packages)

    def _dead_end(self, want: Want) -> DeadEnd:
        wanters: dict[str, str] = {}
        for wanter, name in self._edges:
            wanters.setdefault(name, wanter)
        path: list[AptPackage] = []
        name = want.wanter
        while name:
            path.append(self._chosen[name])
            name = wanters[name]
        return DeadEnd(
            options=want.options,
            path=tuple(reversed(path)),
            taken=tuple(
                (self._chosen[package.name], wanters[package.name])
                for package in self._offers.candidates(want)
                if package.name in self._chosen
            ),
        )

    def _mark(self) -> _Mark:
        return _Mark(
            lengths=tuple(map(len, self._growing())),
            positions=tuple(self._positions),
            chosen=len(self._chosen),
        )

    def _cut_back(self, mark: _Mark) -> None:
        for growing, length in zip(self._growing(), mark.lengths, strict=True):
            del growing[length:]
        self._positions[:] = mark.positions
        while len(self._chosen) > mark.chosen:
            name, _ = self._chosen.popitem()
            del self._levels[name]

    def _growing(self) -> tuple[list[Want] | list[tuple[str, str]], ...]:
        return self._simple, self._choices, self._edges, self._skipped
