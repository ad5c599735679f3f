"""The table of what the README's two commands took on a bare machine."""

import os
import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from devenv.formats.quantities import size

RESULTS_FILE = Path(__file__).with_name("bare.md")
PREFACE = """# The README's two commands on a bare machine

Each in a minimal trixie with python3 and git (and with pip, where it says so), as an
ordinary user, from an empty home but for the checkout. What was downloaded is what pip
says, and what devenv keeps: packages, and indexes as it has them for use. The package
lists that apt reads to find a pip where there is none are not in it. On disk is all
that the home has gained. Times are of a machine with two processors that other work
kept busy.
Written by `pytest tests/network/test_bare_root.py -m network -n0 --write-results`.
"""

PIP_LOG = "pip.log"
_DOWNLOAD = re.compile(r"Downloading \S+ \(([0-9.]+) ([kM]?B)\)")
_UNITS = {"B": 1, "kB": 1_000, "MB": 1_000_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class BareResult:
    """One command on one kind of machine, and the last line that it printed."""

    machine: str
    command: str
    seconds: str
    downloaded: str
    on_disk: str
    ended: str


def disk_bytes(folder: Path) -> int:
    """Return the blocks of everything below a folder, an inode counted once."""
    seen: dict[int, int] = {}
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            found = os.lstat(f"{place}/{name}")
            seen[found.st_ino] = found.st_blocks * 512
    return sum(seen.values())


def downloads_text(home: Path) -> str:
    """Return what pip and devenv have downloaded, in words."""
    log = home / PIP_LOG
    told = _DOWNLOAD.findall(log.read_text()) if log.exists() else []
    by_pip = sum(round(float(number) * _UNITS[unit]) for number, unit in told)
    by_devenv = disk_bytes(home / ".cache/devenv")
    return f"pip {size(by_pip)}, devenv {size(by_devenv)}"


def write_row(result: BareResult) -> None:
    """Put a row in place of the one that the table had for it."""
    rows = dict(_rows())
    rows[result.machine, result.command] = _line(astuple(result))
    names = [each.name.replace("_", " ") for each in fields(BareResult)]
    lines = [_line(tuple(names)), _line(("---",) * len(names))]
    lines += [rows[key] for key in sorted(rows)]
    RESULTS_FILE.write_text("\n".join((PREFACE, *lines, "")))


def _rows() -> Mapping[tuple[str, str], str]:
    if not RESULTS_FILE.exists():
        return {}
    lines = RESULTS_FILE.read_text().splitlines()
    table = [line for line in lines if line.startswith("| ")][2:]
    cells = [line.strip("| ").split(" | ") for line in table]
    return {(cell[0], cell[1]): line for cell, line in zip(cells, table, strict=True)}


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
