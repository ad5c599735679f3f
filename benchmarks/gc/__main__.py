"""Garbage: to list it, and to collect it.

    python -m benchmarks.gc [--quick] [--scratch DIR]

Whole processes. Every path is garbage and holds one file of its own, for devenv in a
folder and with a record beside, so that there are three things to remove where Nix has
one; Nix has its own store in a scratch folder, without a daemon. What devenv lists has
sizes, for which every path is looked at once; the second time they are known. Each
round collects a store that was made for it. The floors: Python and SQLite, which only
start, and rm -rf of such a store.
"""

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.gc.stores import fill_devenv_store, fill_nix_store, time_of_install
from benchmarks.report import (
    machine,
    markdown_table,
    milliseconds,
    raw,
    three_figures,
    write_results,
)
from benchmarks.run.peers import nix_programs
from benchmarks.scratch import arguments, runs_folder
from benchmarks.subject import devenv_variables, find_devenv
from benchmarks.timing import BenchmarkError, Sample, checked, timed

SIZES = (2_000, 10_000, 50_000, 200_000)
NIX_SIZES = (2_000, 10_000)
QUICK_SIZES = (2_000, 10_000)
INSTALLED_FILES = 1_000
LISTINGS = 5

LIST_FIRST = "devenv gc --dry-run, first"
LIST_AGAIN = "devenv gc --dry-run, again"
COLLECT = "devenv gc"
START = "python -I -c 'import sqlite3'"
REMOVE = "rm -rf"
NIX_LIST = "nix-store --gc --print-dead"
NIX_COLLECT = "nix-store --gc"

Taken = dict[str, dict[int, list[Sample]]]


def measure_devenv(runs: Path, taken: Taken, size: int) -> tuple[float, float]:
    """Measure one store; return the time of an install before and right after.

    That is processor time, which others on the same disk change least.
    """
    variables = devenv_variables(store=runs, cache=runs / "cache")
    fill_devenv_store(variables, size)
    before = time_of_install(variables, "before", INSTALLED_FILES)
    ours = partial(timed, env=variables)
    listing = (find_devenv(), "gc", "--dry-run", "--now")
    _add(taken, LIST_FIRST, size, ours(listing))
    for _ in range(LISTINGS):
        _add(taken, LIST_AGAIN, size, ours(listing))
        start = (sys.executable, "-I", "-c", "import sqlite3")
        _add(taken, START, size, ours(start))
    _add(taken, COLLECT, size, ours((find_devenv(), "gc", "--now")))
    after = time_of_install(variables, "after", INSTALLED_FILES)
    fill_devenv_store(variables, size)
    store = variables["DEVENV_STORE_DIR"]
    _add(taken, REMOVE, size, ours(("/bin/rm", "-rf", store)))
    return before, after


def measure_nix(runs: Path, scratch: Path, taken: Taken, size: int) -> None:
    """Measure Nix's collector on one store."""
    variables = fill_nix_store(runs, scratch, size)
    program = str(nix_programs(scratch) / "nix-store")
    theirs = partial(timed, env=variables)
    for _ in range(LISTINGS):
        _add(taken, NIX_LIST, size, theirs((program, "--gc", "--print-dead")))
    _add(taken, NIX_COLLECT, size, theirs((program, "--gc")))


def _add(taken: Taken, name: str, size: int, sample: Sample) -> None:
    taken.setdefault(name, {}).setdefault(size, []).append(sample)


def table(taken: Taken, sizes: Sequence[int], *, of: str) -> str:
    """Return a row for each command with the medians for each size."""
    rows = [
        (
            name,
            *(
                milliseconds(median(getattr(s, of) for s in by_size[size]))
                if size in by_size
                else ""
                for size in sizes
            ),
        )
        for name, by_size in taken.items()
    ]
    return markdown_table(("", *(f"{size:,} paths" for size in sizes)), rows)


def ratios(taken: Taken) -> str:
    """Return how many times quicker devenv is where both were measured."""
    lines = []
    for theirs, ours in (
        (NIX_LIST, LIST_FIRST),
        (NIX_LIST, LIST_AGAIN),
        (NIX_COLLECT, COLLECT),
    ):
        for size, samples in taken.get(theirs, {}).items():
            wall, work = (
                median(getattr(s, of) for s in samples)
                / median(getattr(s, of) for s in taken[ours][size])
                for of in ("seconds", "cpu_seconds")
            )
            lines.append(
                f"- {theirs} / {ours}, {size:,} paths: {three_figures(wall)},"
                f" in processor time {three_figures(work)}\n"
            )
    return "".join(lines)


def installs(times: Mapping[int, Sequence[tuple[float, float]]]) -> str:
    """Return how long an install takes before and right after a collection."""
    rows = [
        (
            f"{size:,}",
            milliseconds(median(before for before, _ in pairs)),
            milliseconds(median(after for _, after in pairs)),
        )
        for size, pairs in times.items()
    ]
    return markdown_table(("paths collected", "before", "right after"), rows)


def file_system(folder: Path) -> str:
    """Return the kind of the file system that a folder lies in."""
    return checked(["stat", "-f", "-c", "%T", folder]).strip()


def main() -> None:
    options = arguments("listing and collecting garbage, next to Nix")
    sizes = QUICK_SIZES if options.quick else SIZES
    rounds = 1 if options.quick else 3
    taken: Taken = {}
    times: dict[int, list[tuple[float, float]]] = {}
    note = ""
    with runs_folder(options.scratch) as runs:
        for size in sizes:
            for number in range(rounds if size in NIX_SIZES else 1):
                folder = runs / f"{size}-{number}"
                folder.mkdir()
                pair = measure_devenv(folder, taken, size)
                times.setdefault(size, []).append(pair)
                try:
                    if size in NIX_SIZES:
                        scratch = options.scratch.resolve()
                        measure_nix(folder / "nix", scratch, taken, size)
                except (BenchmarkError, OSError) as error:
                    note = f"- Nix was left out: {str(error).splitlines()[-1]}\n"
    made = f"A path of {INSTALLED_FILES:,} files is made"
    parts = (
        f"# Garbage\n\n{machine()}; medians; on {file_system(options.scratch)}.\n",
        str(__doc__).partition("\n\n")[2],
        f"Wall clock:\n\n{table(taken, sizes, of='seconds')}\n",
        f"Processor time:\n\n{table(taken, sizes, of='cpu_seconds')}\n",
        ratios(taken) + note,
        f"{made}, processor time:\n\n{installs(times)}\n",
    )
    text = "\n".join(parts)
    figures = {
        name: raw({f"{size}": samples for size, samples in by_size.items()})
        for name, by_size in taken.items()
    }
    write_results(
        "gc",
        text=text,
        figures={"machine": machine(), "commands": figures, "installs": times},
        charts={},
    )
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
