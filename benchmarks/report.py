"""Results as people and programs read them: Markdown, charts, raw figures."""

import json
import os
import platform
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.timing import Samples

RESULTS = Path(__file__).with_name("results")
SECOND_IN_MS = 1000.0


def milliseconds(seconds: float) -> str:
    """Return `0.73 ms`, `13.1 ms`, `139 ms`: three figures are enough."""
    return f"{three_figures(seconds * SECOND_IN_MS)} ms"


def plain_seconds(seconds: float) -> str:
    """Return `0.86 s`, `12.6 s`."""
    return f"{three_figures(seconds)} s"


def three_figures(value: float) -> str:
    """Return `value` with three significant figures and no exponent."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def markdown_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; all but the first column stand to the right."""
    lines = [_line(heads), _line(["---", *("---:" for _ in heads[1:])])]
    return "\n".join([*lines, *map(_line, rows)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def machine() -> str:
    """Return one line about this machine and the day."""
    cores = len(os.sched_getaffinity(0))
    release = platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    python = platform.python_version()
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    return (
        f"{_processor()}, {cores} cores, {release}, kernel {platform.release()}, "
        f"Python {python}, {day}"
    )


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.machine()


_SPACE_IN_ROW = re.compile(r"(?<=[\d,\[])\n *(?=[-\d\]])")
"""So that a row of numbers is one line, not hundreds."""


def raw(samples: Samples) -> dict[str, dict[str, list[float]]]:
    """Return samples as JSON can hold them: each figure's list, of each command."""
    return {
        name: {
            "seconds": [each.seconds for each in row],
            "cpu_seconds": [each.cpu_seconds for each in row],
            "largest_process_mib": [each.largest_process_mib for each in row],
        }
        for name, row in samples.items()
    }


def write_results(
    name: str,
    *,
    text: str,
    figures: Mapping[str, object],
    charts: Mapping[str, str],
    folder: Path = RESULTS,
) -> None:
    """Write `NAME.md`, `NAME.json` and the charts, by their names, as SVG."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.md").write_text(text.rstrip() + "\n")
    raw_figures = _SPACE_IN_ROW.sub(" ", json.dumps(figures, indent=1, sort_keys=True))
    (folder / f"{name}.json").write_text(raw_figures + "\n")
    for chart, svg in charts.items():
        (folder / f"{chart}.svg").write_text(svg)
