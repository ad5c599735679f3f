"""A project: what each command around its environment costs.

    python -m benchmarks.project [--quick] [--scratch DIR]

Whole processes, spawned without a shell in between, in turns: first what starts no
Python of devenv's, with the peers, then what does, then what makes locks and trees, for
that leaves the caches of the processor to nobody. Everything is in the store, and the
indexes are a moment old; nothing is downloaded while it is timed.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path
from statistics import median

from benchmarks.chart import Bar, bar_chart
from benchmarks.project.subject import BenchmarkProject, InsideSample
from benchmarks.report import (
    machine,
    markdown_table,
    milliseconds,
    raw,
    three_figures,
    write_results,
)
from benchmarks.run.peers import Absent, Peer, all_peers
from benchmarks.scratch import arguments, runs_folder
from benchmarks.subject import find_devenv, host_variables
from benchmarks.timing import (
    Sample,
    Samples,
    interleaved,
    median_seconds,
    timed,
)

TRUE = "/bin/true"
PYTHON = "python -I -c ''"
UNCHANGED = "devenv exec, nothing changed"
TOUCHED = "devenv exec, spec touched"
LOCK = "devenv lock, 12 packages, 2 systems"
SEARCH = "devenv search"
ADD = "devenv add PKG"
SMALL_TREE = "devenv exec, new small tree"
LARGE_TREE = "devenv exec, new large tree"

NEW_SMALL = "a new small tree"
NEW_LARGE = "a new large tree"
PER_THOUSAND = "the same for each 1,000 of its files"

SMALL = ("jq", "ripgrep", "tree", "file", "less", "zip", "bc", "fd-find")
"""Each in the store; three of them make a tree that was not there before."""

PYTHONS = frozenset({PYTHON, TOUCHED, SEARCH})
LONG = frozenset({LOCK, ADD, SMALL_TREE, LARGE_TREE})
QUICK_PER_LONG = 10
"""How often a quick command is timed for each time that a long one is."""

TWELVE = (
    *("python3", "nodejs", "git", "gcc", "libssl-dev", "pkg-config"),
    *("jq", "ripgrep", "make", "cmake", "sqlite3", "shellcheck"),
)
LARGE = ("python3", "nodejs", "git", "gcc", "libssl-dev", "pkg-config")
GOALS = (
    f"{UNCHANGED}: at most 2.5 x {TRUE}",
    f"{TOUCHED}: at most 30 ms above {PYTHON}",
    f"{LOCK}: at most 300 ms",
    f"{SEARCH}: at most 50 ms",
    "a package added: at most 100 ms for a small tree, 15 ms per 1,000 files beyond",
)


def candidates(
    folder: Path, peers: Sequence[Peer]
) -> Mapping[str, Callable[[], Sample]]:
    """Return what is measured; projects are made, and all they need is fetched."""
    small = BenchmarkProject.made(folder / "small", packages=SMALL[:3])
    touched = BenchmarkProject.made(folder / "touched", packages=SMALL[:3])
    twelve = BenchmarkProject.made(folder / "twelve", packages=TWELVE)
    growing = BenchmarkProject.made(folder / "growing", packages=SMALL)
    large = BenchmarkProject.made(folder / "large", packages=(*LARGE, *SMALL))
    few = combinations(SMALL, 3)
    more = combinations(SMALL, 2)
    adding = combinations(SMALL, 4)
    devenv = find_devenv()
    return {
        TRUE: partial(timed, (TRUE,), env=host_variables()),
        PYTHON: partial(timed, (sys.executable, "-I", "-c", ""), env=host_variables()),
        UNCHANGED: partial(small.timed, devenv, "exec", TRUE),
        TOUCHED: partial(_touched, touched),
        LOCK: partial(_locked, twelve),
        SEARCH: partial(small.timed, devenv, "search", "json", "query"),
        ADD: lambda: _added(growing, next(adding)),
        SMALL_TREE: lambda: _remade(growing, next(few)),
        LARGE_TREE: lambda: _remade(large, (*LARGE, *next(more))),
        **{
            peer.name: partial(
                timed, peer.command, env=peer.variables, directory=peer.directory
            )
            for peer in peers
        },
    }


def _in_groups(measured: Mapping[str, Callable[[], Sample]], *, rounds: int) -> Samples:
    """Time every command, in the order of the table; a first round does not count."""
    interleaved(measured, rounds=1)
    found: dict[str, Sequence[Sample]] = {}
    for group, often in (
        (measured.keys() - PYTHONS - LONG, rounds * QUICK_PER_LONG),
        (PYTHONS, rounds * QUICK_PER_LONG),
        (LONG, rounds),
    ):
        one = {name: measured[name] for name in measured if name in group}
        found |= interleaved(one, rounds=often)
    return {name: found[name] for name in measured}


def _touched(project: BenchmarkProject) -> Sample:
    project.spec.touch()
    return project.timed(find_devenv(), "exec", TRUE)


def _locked(project: BenchmarkProject) -> Sample:
    project.lock.unlink()
    return project.timed(find_devenv(), "lock", "--quiet")


def _added(project: BenchmarkProject, packages: Sequence[str]) -> Sample:
    project.ask_for(packages[:-1])
    project.run("lock", "--quiet")
    return project.timed(find_devenv(), "add", "--quiet", packages[-1])


def _remade(project: BenchmarkProject, packages: Sequence[str]) -> Sample:
    project.ask_for(packages)
    project.run("lock", "--quiet")
    return project.timed(find_devenv(), "exec", TRUE)


def table(samples: Samples) -> str:
    """Return medians, the least, and ratios to the smallest program."""
    rows = [
        (
            name,
            milliseconds(median_seconds(row)),
            milliseconds(min(sample.seconds for sample in row)),
            three_figures(median_seconds(row) / median_seconds(samples[TRUE])),
        )
        for name, row in samples.items()
    ]
    return markdown_table(("", "median", "least", f"x {TRUE}"), rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What work takes without Python's start and imports."""

    samples: Mapping[str, Sequence[InsideSample]]
    large_files: int

    @classmethod
    def measured(cls, folder: Path, *, rounds: int, large_files: int) -> "Inside":
        again = BenchmarkProject(folder / "growing")
        twelve = BenchmarkProject(folder / "twelve")
        large = BenchmarkProject(folder / "large")
        # Of other sizes than above: trees that were not there before.
        fours, threes = list(combinations(SMALL, 4)), list(combinations(SMALL, 3))
        samples = {
            LOCK: twelve.inside("lock", [TWELVE] * rounds),
            ADD: again.inside("add", fours[:rounds]),
            NEW_SMALL: again.inside("tree", fours[-rounds:]),
            NEW_LARGE: large.inside(
                "tree", [(*LARGE, *three) for three in threes[:rounds]]
            ),
        }
        return cls(samples=samples, large_files=large_files)

    def text(self) -> str:
        """Return the section of the results."""
        rows = [
            _inside_row(name, samples, divisor=1.0)
            for name, samples in self.samples.items()
        ]
        thousands = self.large_files / 1000
        each = _inside_row(PER_THOUSAND, self.samples[NEW_LARGE], divisor=thousands)
        small, large = (
            min(sample.seconds for sample in self.samples[name])
            for name in (NEW_SMALL, NEW_LARGE)
        )
        beyond = milliseconds((large - small) / thousands)
        table = markdown_table(("", "median", "least", "processor"), [*rows, each])
        return (
            f"## Inside of one process that has started\n\n{table}\n\nThe least of the"
            f" large tree less that of the small one: {beyond} for each 1,000 files.\n"
        )


def _inside_row(
    name: str, samples: Sequence[InsideSample], *, divisor: float
) -> tuple[str, str, str, str]:
    """Return a row of the table: wall's median and least, the processor's least."""
    seconds = [sample.seconds / divisor for sample in samples]
    busy = min(sample.processor_seconds for sample in samples) / divisor
    return (
        name,
        milliseconds(median(seconds)),
        milliseconds(min(seconds)),
        milliseconds(busy),
    )


def chart(samples: Samples) -> str:
    """Return the medians as bars."""
    bars = [
        Bar(
            label=name,
            value=median_seconds(row) * 1000,
            text=milliseconds(median_seconds(row)),
            is_ours=name.startswith("devenv"),
        )
        for name, row in samples.items()
    ]
    note = "milliseconds, logarithmic; median"
    title = "Commands around a project's environment"
    return bar_chart(bars, title=title, note=note, is_logarithmic=True)


def about(peers: Sequence[Peer], absent: Sequence[Absent]) -> str:
    """Return what was aimed at, the versions of the peers, and why others miss."""
    lines = [
        *(f"goal: {goal}" for goal in GOALS),
        *(f"{peer.name} of {peer.version}" for peer in peers),
        *(f"{each.name} was left out: {each.reason}" for each in absent),
    ]
    return "".join(f"- {line}\n" for line in lines)


def main() -> None:
    options = arguments("commands around a project's environment")
    rounds = 5 if options.quick else 20
    peers, absent = all_peers(options.scratch.resolve() / "peers")
    with runs_folder(options.scratch) as runs:
        measured = candidates(runs, peers)
        samples = _in_groups(measured, rounds=rounds)
        large = BenchmarkProject(runs / "large").file_count()
        inside = Inside.measured(runs, rounds=rounds, large_files=large)
    above = median_seconds(samples[TOUCHED]) - median_seconds(samples[PYTHON])
    counts = f"{rounds} rounds, {rounds * QUICK_PER_LONG} of quick commands"
    parts = (
        f"# A project's environment\n\n{machine()}; {counts}.\n",
        str(__doc__).partition("\n\n")[2],
        about(peers, absent),
        f"![commands](project.svg)\n\n{table(samples)}\n",
        inside.text(),
        (
            f"A touched spec costs {milliseconds(above)} more than a Python that does"
            f" nothing. The large tree has {large:,} files."
        ),
    )
    text = "\n".join(parts)
    write_results(
        "project",
        text=text,
        figures={
            "machine": machine(),
            "commands": raw(samples),
            "inside": inside.samples,
            "large_files": large,
        },
        charts={"project": chart(samples)},
    )
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
