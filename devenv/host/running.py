"""The processes that run now, and where they stand."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from devenv.host.calling_shell import ancestors
from devenv.host.files import names_in
from devenv.values import dataclass

PROCESSES = Path("/proc")
_DELETED = " (deleted)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A process's working folder, without links, and since when it runs."""

    pid: int
    folder: str
    since: datetime


def standing(processes: Path = PROCESSES) -> tuple[Standing, ...]:
    """Return where the processes of this user stand, by number as text.

    This one and those that called it are left out: they wait for it. Where there is
    no /proc, nothing is known.
    """
    callers = {pid for pid, _ in ancestors(os.getpid())}
    found = []
    with suppress(OSError):
        started_at = _boot_seconds(processes)
        for name in names_in(processes):
            if name.isdigit() and int(name) not in callers:
                with suppress(OSError, ValueError, IndexError):
                    found.append(_standing(processes / name, started_at))
    return tuple(found)


def command_of(pid: int, processes: Path = PROCESSES) -> str:
    """Return the name of a process's program, empty if it is gone."""
    try:
        return (processes / str(pid) / "comm").read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def _standing(process: Path, boot_seconds: int) -> Standing:
    folder = str((process / "cwd").readlink()).removesuffix(_DELETED)
    status = (process / "stat").read_text("ascii", "replace")
    # The command's name may have spaces and brackets; field 22 is the 20th
    # behind it (proc(5)).
    ticks = int(status.rpartition(")")[2].split()[19])
    seconds = boot_seconds + ticks / os.sysconf("SC_CLK_TCK")
    since = datetime.fromtimestamp(seconds, UTC)
    return Standing(pid=int(process.name), folder=folder, since=since)


def _boot_seconds(processes: Path) -> int:
    for line in (processes / "stat").read_text("ascii", "replace").splitlines():
        name, _, value = line.partition(" ")
        if name == "btime":
            return int(value)
    return 0
