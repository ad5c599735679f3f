"""What was found, as text: a part for each file system that was measured."""

import json
from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.report import (
    RESULTS,
    machine,
    markdown_table,
    milliseconds,
    raw,
    three_figures,
    write_results,
)
from benchmarks.timing import Sample

NAME = "gc"
INSTALLED_FILES = 1_000
LIST_FIRST = "devenv gc --dry-run, first"
LIST_AGAIN = "devenv gc --dry-run, again"
LIST_INSIDE = "the same, in a process that has started"
COLLECT = "devenv gc"
START = "python -I -c 'import sqlite3'"
REMOVE = "rm -rf"
NIX_LIST = "nix-store --gc --print-dead"
NIX_COLLECT = "nix-store --gc"
NIX_COLLECT_FOLDERS = "nix-store --gc, a folder with a file each"

_RATIOS = (
    (NIX_LIST, LIST_FIRST),
    (NIX_LIST, LIST_AGAIN),
    (NIX_LIST, LIST_INSIDE),
    (NIX_COLLECT, COLLECT),
    (NIX_COLLECT_FOLDERS, COLLECT),
    (REMOVE, COLLECT),
)
_MADE = f"A path of {INSTALLED_FILES:,} files is made"
_FIGURES = ("seconds", "cpu_seconds", "largest_process_mib")

Taken = Mapping[str, Mapping[str, Sequence[Sample]]]
"""Samples by command, and by the number of paths."""

Installs = Mapping[str, Sequence[Sequence[float]]]
"""Processor time of an install before and right after a collection, by paths."""


def write(
    file_system: str, *, taken: Taken, installs: Installs, heading: str, note: str
) -> str:
    """Put what was found beside what other file systems had; return the text."""
    file = RESULTS / f"{NAME}.json"
    before = json.loads(file.read_text()) if file.exists() else {}
    found = {
        **before.get("file_systems", {}),
        file_system: {
            "machine": machine(),
            "commands": {name: raw(by_size) for name, by_size in taken.items()},
            "installs": installs,
            "note": note,
        },
    }
    parts = [_part(name, found[name]) for name in sorted(found, reverse=True)]
    text = "\n".join([f"# Garbage\n\n{heading}", *parts])
    write_results(NAME, text=text, figures={"file_systems": found}, charts={})
    return text


def _part(file_system: str, found: Mapping[str, object]) -> str:
    commands, installs = found["commands"], found["installs"]
    assert isinstance(commands, dict)
    assert isinstance(installs, dict)
    taken = {
        name: {
            size: [
                Sample(**dict(zip(_FIGURES, row, strict=True)))
                for row in zip(*(figures[key] for key in _FIGURES), strict=True)
            ]
            for size, figures in by_size.items()
        }
        for name, by_size in commands.items()
    }
    return "\n".join(
        (
            f"## On {file_system}\n\n{found['machine']}; medians.\n",
            f"Wall clock:\n\n{_table(taken, of='seconds')}\n",
            f"Processor time:\n\n{_table(taken, of='cpu_seconds')}\n",
            f"{_ratios(taken)}{found['note']}",
            f"{_MADE}, processor time:\n\n{_installs(installs)}\n",
        )
    )


def _table(taken: Taken, *, of: str) -> str:
    """Return a row for each command with the medians for each size."""
    sizes = sorted({size for by_size in taken.values() for size in by_size}, key=int)
    rows = [
        (
            name,
            *(
                milliseconds(_median(by_size[size], of)) if size in by_size else ""
                for size in sizes
            ),
        )
        for name, by_size in taken.items()
    ]
    return markdown_table(("", *(f"{int(size):,} paths" for size in sizes)), rows)


def _ratios(taken: Taken) -> str:
    """Return how many times quicker devenv is where both were measured."""
    lines = []
    for theirs, ours in _RATIOS:
        for size, samples in taken.get(theirs, {}).items():
            wall, work = (
                _median(samples, of) / _median(taken[ours][size], of)
                for of in ("seconds", "cpu_seconds")
            )
            lines.append(
                f"- {theirs} / {ours}, {int(size):,} paths: {three_figures(wall)},"
                f" in processor time {three_figures(work)}\n"
            )
    return "".join(lines)


def _installs(times: Installs) -> str:
    rows = [
        (
            f"{int(size):,}",
            milliseconds(median(before for before, _ in pairs)),
            milliseconds(median(after for _, after in pairs)),
        )
        for size, pairs in times.items()
    ]
    return markdown_table(("paths collected", "before", "right after"), rows)


def _median(samples: Sequence[Sample], of: str) -> float:
    values: list[float] = [getattr(sample, of) for sample in samples]
    return median(values)
