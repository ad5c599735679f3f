"""A lock's packages as graphs: what needs what, why, and how large that is.

An input has one graph, since its packages see no others; so have the packages
that `libraries` come from.
"""

from collections.abc import Iterable, Mapping

from devenv.model.lock import LockedPackage, LockedSystem
from devenv.values import dataclass

_KIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class LockGraph:
    """The packages of one input and their edges, for one system.

    `needs` are the edges that lead to packages of this graph, sorted;
    `requested` maps a package to the entries of the spec that it answers, in the
    spec's order. `is_libraries` tells that it is what `libraries` come from.
    """

    input: str
    is_libraries: bool
    packages: Mapping[str, LockedPackage]
    needs: Mapping[str, tuple[str, ...]]
    requested: Mapping[str, tuple[str, ...]]

    def reachable(self, names: Iterable[str]) -> frozenset[str]:
        """Return `names` and everything they need, however far."""
        waiting = list(names)
        reached: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting.extend(self.needs[name])
        return frozenset(reached)

    @property
    def needed_by(self) -> dict[str, tuple[str, ...]]:
        """The edges the other way: who needs a package, sorted."""
        found: dict[str, list[str]] = {name: [] for name in self.packages}
        for name in sorted(self.needs):
            for needed in self.needs[name]:
                found[needed].append(name)
        return {name: tuple(wanters) for name, wanters in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A shortest way from a package that was asked for to another.

    `entries` are those of the spec that asked; none for the base set, which is
    there for scripts. `path` begins with the one and ends with the other.
    """

    entries: tuple[str, ...]
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """How much some packages are: archives to download, and unpacked, in bytes."""

    package_count: int
    download_bytes: int
    unpacked_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRow:
    """What one package that was asked for adds.

    `own` is the package alone; `only` is what would go with it if it was asked
    for no more; `shared` is what it needs and others do, too.
    """

    package: LockedPackage
    entries: tuple[str, ...]
    own: Weight
    only: Weight
    shared: Weight


def graphs_of(locked: LockedSystem) -> tuple[LockGraph, ...]:
    """Return the graphs of a system: inputs in the order of PATH, then libraries."""
    inputs = dict.fromkeys(
        (*locked.inputs, *(package.input for package in locked.packages))
    )
    graphs = []
    for name in inputs:
        entries: dict[str, tuple[str, ...]] = {}
        for written, answers in locked.requirements.items():
            for answer in answers:
                if answer.input == name:
                    had = entries.get(answer.package, ())
                    entries[answer.package] = (*had, written)
        graphs.append(_graph(name, locked.of_input(name), entries))
    if (libraries := locked.libraries) is not None:
        entries = {}
        for written, package in libraries.requirements.items():
            entries[package] = (*entries.get(package, ()), written)
        rows = libraries.packages
        graphs.append(_graph(libraries.input, rows, entries, is_libraries=True))
    return tuple(graphs)


def chains_to(
    graph: LockGraph, name: str, base_set: Iterable[str]
) -> tuple[Chain, ...]:
    """Return a shortest chain to `name` from each package that was asked for.

    Shortest first. If none leads there, those from the packages of `base_set`,
    which only scripts may need.
    """
    ways = _ways_from(graph, name)
    asked = [
        Chain(entries=entries, path=ways[package])
        for package, entries in graph.requested.items()
        if package in ways
    ]
    based = [Chain(entries=(), path=ways[one]) for one in base_set if one in ways]
    return tuple(
        sorted(asked or based, key=lambda chain: (len(chain.path), chain.path))
    )


def size_rows(graph: LockGraph) -> tuple[SizeRow, ...]:
    """Return what each requested package adds, the one that adds most first."""
    everything = graph.reachable(graph.requested)
    rows = []
    for name, entries in graph.requested.items():
        others = graph.reachable(other for other in graph.requested if other != name)
        mine = graph.reachable([name])
        rows.append(
            SizeRow(
                package=graph.packages[name],
                entries=entries,
                own=weight([graph.packages[name]]),
                only=weight(graph.packages[one] for one in everything - others),
                shared=weight(graph.packages[one] for one in mine & others),
            )
        )
    return tuple(
        sorted(rows, key=lambda row: (-row.only.unpacked_bytes, row.package.name))
    )


def weight(packages: Iterable[LockedPackage]) -> Weight:
    """Return how much packages are together; the same archive counts once."""
    once = {package.sha256: package for package in packages}.values()
    return Weight(
        package_count=len(once),
        download_bytes=sum(package.size for package in once),
        unpacked_bytes=sum(package.unpacked_kib for package in once) * _KIB,
    )


def _graph(
    name: str,
    packages: Iterable[LockedPackage],
    requested: Mapping[str, tuple[str, ...]],
    *,
    is_libraries: bool = False,
) -> LockGraph:
    rows = {package.name: package for package in packages}
    return LockGraph(
        input=name,
        is_libraries=is_libraries,
        packages=rows,
        needs={
            package.name: tuple(sorted(rows.keys() & set(package.needed_names)))
            for package in rows.values()
        },
        requested={key: value for key, value in requested.items() if key in rows},
    )


def _ways_from(graph: LockGraph, goal: str) -> dict[str, tuple[str, ...]]:
    """Return a shortest way to `goal` from each package that needs it."""
    if goal not in graph.packages:
        return {}
    needed_by = graph.needed_by
    ways: dict[str, tuple[str, ...]] = {goal: (goal,)}
    front = [goal]
    while front:
        reached: list[str] = []
        for name in front:
            for wanter in needed_by[name]:
                if wanter not in ways:
                    ways[wanter] = (wanter, *ways[name])
                    reached.append(wanter)
        front = sorted(reached)
    return ways
