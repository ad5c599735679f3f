"""Garbage: to list it, and to collect it.

    python -m benchmarks.gc [--quick] [--scratch DIR]

Whole processes. Every path is garbage and holds one file of its own, for devenv in a
folder and with a record beside, so that there are three things to remove. Nix has its
own store in a scratch folder, without a daemon: there a path is one file, or, in a row
of its own, a folder with a file, which are two things to remove. What devenv lists has
sizes, which it knows since the paths were made: the first listing is the first look at
the database. Each round collects a store that was made for it. The floors: Python and
SQLite, which only start, and rm -rf of such a store. Each run measures the file system
that DIR lies on, and leaves what others had.
"""

import json
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.gc import results
from benchmarks.gc.stores import fill_devenv_store, fill_nix_store, time_of_install
from benchmarks.run.peers import nix_programs
from benchmarks.scratch import arguments, runs_folder
from benchmarks.subject import devenv_variables, find_devenv
from benchmarks.timing import BenchmarkError, Sample, checked, timed

SIZES = (2_000, 10_000, 50_000, 200_000)
NIX_SIZES = (2_000, 10_000)
QUICK_SIZES = (2_000, 10_000)
LISTINGS = 5
INSTALLS = 3
REPOSITORY = Path(__file__).parents[2]

Taken = dict[str, dict[str, list[Sample]]]


def measure_devenv(runs: Path, taken: Taken, size: int) -> tuple[float, float]:
    """Measure one store; return the time of an install before and right after.

    That is processor time, which others on the same disk change least.
    """
    variables = devenv_variables(store=runs, cache=runs / "cache")
    fill_devenv_store(variables, size)
    before = _time_of_installs(variables, "before")
    ours = partial(timed, env=variables)
    listing = (find_devenv(), "gc", "--dry-run", "--now")
    _add(taken, results.LIST_FIRST, size, ours(listing))
    for _ in range(LISTINGS):
        _add(taken, results.LIST_AGAIN, size, ours(listing))
        start = (sys.executable, "-I", "-c", "import sqlite3")
        _add(taken, results.START, size, ours(start))
    inside = (sys.executable, "-m", "benchmarks.gc.inside", f"{LISTINGS}")
    for found in json.loads(checked(inside, env=variables, directory=REPOSITORY)):
        _add(taken, results.LIST_INSIDE, size, Sample(**found))
    _add(taken, results.COLLECT, size, ours((find_devenv(), "gc", "--now")))
    after = _time_of_installs(variables, "after")
    fill_devenv_store(variables, size)
    store = variables["DEVENV_STORE_DIR"]
    _add(taken, results.REMOVE, size, ours(("/bin/rm", "-rf", store)))
    return before, after


def _time_of_installs(variables: Mapping[str, str], name: str) -> float:
    """Return the median of a few: somebody else may delete files beside one."""
    return median(
        time_of_install(variables, f"{name}{number}", results.INSTALLED_FILES)
        for number in range(INSTALLS)
    )


def measure_nix(runs: Path, scratch: Path, taken: Taken, size: int) -> None:
    """Measure Nix's collector on one store of files, and on one of folders."""
    program = str(nix_programs(scratch) / "nix-store")
    variables = fill_nix_store(runs / "files", scratch, size)
    theirs = partial(timed, env=variables)
    for _ in range(LISTINGS):
        _add(taken, results.NIX_LIST, size, theirs((program, "--gc", "--print-dead")))
    _add(taken, results.NIX_COLLECT, size, theirs((program, "--gc")))
    variables = fill_nix_store(runs / "folders", scratch, size, are_folders=True)
    collected = timed((program, "--gc"), env=variables)
    _add(taken, results.NIX_COLLECT_FOLDERS, size, collected)


def _add(taken: Taken, name: str, size: int, sample: Sample) -> None:
    taken.setdefault(name, {}).setdefault(str(size), []).append(sample)


def file_system(folder: Path) -> str:
    """Return the kind of the file system that a folder lies on."""
    return checked(["df", "--output=fstype", folder]).split()[-1]


def main() -> None:
    options = arguments("listing and collecting garbage, next to Nix")
    sizes = QUICK_SIZES if options.quick else SIZES
    rounds = 1 if options.quick else 3
    taken: Taken = {}
    installs: dict[str, list[tuple[float, float]]] = {}
    note = ""
    with runs_folder(options.scratch) as runs:
        kind = file_system(runs)
        for size in sizes:
            for number in range(rounds if size in NIX_SIZES else 1):
                folder = runs / f"{size}-{number}"
                folder.mkdir()
                pair = measure_devenv(folder, taken, size)
                installs.setdefault(str(size), []).append(pair)
                try:
                    if size in NIX_SIZES:
                        scratch = options.scratch.resolve()
                        measure_nix(folder / "nix", scratch, taken, size)
                except (BenchmarkError, OSError) as error:
                    note = f"- Nix was left out: {str(error).splitlines()[-1]}\n"
    heading = str(__doc__).partition("\n\n")[2]
    text = results.write(
        kind, taken=taken, installs=installs, heading=heading, note=note
    )
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
