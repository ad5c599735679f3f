"""From an empty store to a running program, against apt-get and bare unpacking.

    python -m benchmarks.cold [--quick] [--scratch DIR]

Three sets of packages, each timed in turns until the disk has it (`sync -f`):

* devenv with nothing but an index: downloads, verifies, unpacks, composes, runs;
* devenv with the archives in its download cache, but an empty store;
* `apt-get install` in a fresh copy of a minimal trixie: downloading and
  installing apart, without recommended packages (as root, in a chroot);
* `dpkg-deb -x` of the archives that devenv fetched, two at a time: the floor,
  for it verifies nothing, relocates nothing and keeps no record;
* `dpkg-deb --fsys-tarfile` of the same, two at a time, written nowhere: what
  decompressing alone takes, with the liblzma of this machine.

Then, in a store that has the packages, environments nobody has asked for yet.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.chart import Bar, bar_chart
from benchmarks.cold.apt import AptRoot, prepare_root, unavailable_reason
from benchmarks.cold.devenv import DevenvCold, new_environments
from benchmarks.cold.floor import Unpacking
from benchmarks.report import (
    machine,
    markdown_table,
    plain_seconds,
    raw,
    three_figures,
    write_results,
)
from benchmarks.scratch import arguments, runs_folder
from benchmarks.timing import Sample, interleaved, median_ratio, median_seconds

SETS = {
    "small": ("ripgrep", "jq"),
    "medium": ("python3", "nodejs", "git", "gcc", "libssl-dev", "pkg-config"),
    "large": ("clang", "rustc", "cargo", "golang-go", "postgresql", "ffmpeg"),
}
ROUNDS = {"small": 5, "medium": 5, "large": 3}
QUICK_ROUNDS = 2
ADDED = ("tree", "hello", "lsof", "bc", "file", "time", "xxd", "pv")
"""Small packages; each, added to the medium set, makes a new environment."""

DEVENV_ALL = "devenv, downloading"
DEVENV_UNPACK = "devenv, downloads cached"
APT_ALL = "apt-get, downloading"
APT_INSTALL = "apt-get, install only"
FLOOR = "dpkg-deb -x, 2 jobs"
DECOMPRESSION = "decompressing alone, 2 jobs"

Rows = dict[str, list[Sample]]


def measure_set(
    name: str, *, rounds: int, runs: Path, root: Path | None
) -> tuple[Rows, Mapping[str, float]]:
    """Return the samples of one set, and summed peaks of memory in MiB."""
    folder = runs / name
    devenv = DevenvCold.prepared(SETS[name], folder=folder)
    floor = Unpacking(archives=devenv.archives(), folder=folder)
    apt = AptRoot(packages=SETS[name], base=root, folder=folder) if root else None
    candidates = {
        DEVENV_UNPACK: devenv.from_downloads,
        DEVENV_ALL: devenv.from_index,
        FLOOR: floor.unpacked,
        DECOMPRESSION: floor.decompressed,
        **({APT_ALL: apt.download_and_install} if apt else {}),
    }
    rows = interleaved(candidates, rounds=rounds)
    peaks = {DEVENV_UNPACK: devenv.summed_peak(), FLOOR: floor.summed_peak()}
    if apt:
        rows[APT_INSTALL] = list(apt.install_only)
        peaks[APT_INSTALL] = apt.summed_peak()
    return rows, peaks


def set_table(rows: Rows, peaks: Mapping[str, float]) -> str:
    """Return the table of one set."""
    base = rows[DEVENV_UNPACK]
    lines = [
        (
            name,
            plain_seconds(median_seconds(row)),
            three_figures(median_ratio(row, base=base)),
            plain_seconds(min(sample.seconds for sample in row)),
            plain_seconds(min(sample.cpu_seconds for sample in row)),
            three_figures(max(sample.largest_process_mib for sample in row)),
            three_figures(peaks[name]) if name in peaks else "",
        )
        for name, row in sorted(rows.items(), key=lambda item: _order(item[0]))
    ]
    heads = (
        "",
        "median",
        f"x {DEVENV_UNPACK}",
        "least",
        "least processor time",
        "largest process, MiB",
        "all processes, MiB",
    )
    return markdown_table(heads, lines)


def set_chart(name: str, rows: Rows) -> str:
    """Return the chart of one set."""
    bars = [
        Bar(
            label=label,
            value=median_seconds(row),
            text=plain_seconds(median_seconds(row)),
            is_ours=label.startswith("devenv"),
        )
        for label, row in sorted(rows.items(), key=lambda item: _order(item[0]))
    ]
    title = f"{' '.join(SETS[name])}: from nothing to running"
    return bar_chart(bars, title=title, note="seconds, until the disk has it; median")


def _order(name: str) -> int:
    order = (DEVENV_ALL, APT_ALL, DEVENV_UNPACK, APT_INSTALL, FLOOR, DECOMPRESSION)
    return order.index(name)


def main() -> None:
    options = arguments("cold starts against apt-get and dpkg-deb")
    said = []
    root = None
    if reason := unavailable_reason():
        said.append(f"apt-get was left out: {reason}.")
    else:
        root = prepare_root(options.scratch)
    figures: dict[str, object] = {"machine": machine()}
    sections, charts = [], {}
    with runs_folder(options.scratch) as runs:
        for name, packages in SETS.items():
            rounds = QUICK_ROUNDS if options.quick else ROUNDS[name]
            rows, peaks = measure_set(name, rounds=rounds, runs=runs, root=root)
            picture = f"![{name}](cold-{name}.svg)"
            title = f"## {name}: {', '.join(packages)}"
            sections.append(f"{title}\n\n{rounds} rounds.\n\n{picture}\n")
            sections.append(set_table(rows, peaks) + "\n")
            charts[f"cold-{name}"] = set_chart(name, rows)
            figures[name] = {"samples": raw(rows), "summed_peak_mib": peaks}
        warm = new_environments(SETS["medium"], added=ADDED, folder=runs / "warm")
    figures["new environments"] = warm.figures()
    sections.append(warm.text())
    head = f"# From nothing to a running program\n\n{machine()}.\n"
    text = "\n".join([head, str(__doc__).partition("\n\n")[2], *said, *sections])
    write_results("cold", text=text, figures=figures, charts=charts)
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
