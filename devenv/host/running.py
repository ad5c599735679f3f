"""Processes, each told from another one that gets its number later."""

from pathlib import Path

from devenv.values import dataclass

PROCESSES = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessId:
    """One process, for good: a number alone is given to another one later.

    `start_ticks` counts from the start of the machine, which `boot_id` names.
    """

    pid: int
    start_ticks: int
    boot_id: str


def process_id(pid: int, processes: Path = PROCESSES) -> ProcessId | None:
    """Return which process has this number now, None if there is none."""
    try:
        status = (processes / str(pid) / "stat").read_text("ascii", "replace")
        boot_id = (processes / "sys/kernel/random/boot_id").read_text("ascii").strip()
        # The command's name may have spaces and brackets; field 22 is the 20th
        # behind it (proc(5)).
        start_ticks = int(status.rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None
    return ProcessId(pid=pid, start_ticks=start_ticks, boot_id=boot_id)


def command_of(pid: int, processes: Path = PROCESSES) -> str:
    """Return the name of a process's program, empty if it is gone."""
    try:
        return (processes / str(pid) / "comm").read_text("utf-8", "replace").strip()
    except OSError:
        return ""
