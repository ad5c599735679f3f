"""What the programs that run now use of a folder, as /proc tells it."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from devenv.host.files import names_in
from devenv.values import dataclass

PROCESSES = Path("/proc")

_NAME = rb"/([A-Za-z0-9][A-Za-z0-9._+-]*)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessId:
    """One process, for good: a number alone is given to another one later.

    `start_ticks` counts from the start of the machine, which `boot_id` names.
    """

    pid: int
    start_ticks: int
    boot_id: str


def names_in_use(directory: Path, processes: Path = PROCESSES) -> dict[str, int]:
    """Return the entries of `directory` that processes use, each with one of them.

    Used is what a process runs, has mapped or open, stands in, was called with, or
    had in its variables when it started. Of other users' processes, and where
    there is no /proc, nothing is known. What this process was called with does not
    count: to ask about an entry is not to use it.
    """
    pattern = _below(directory)
    own = str(os.getpid())
    found: dict[str, int] = {}
    with suppress(OSError):
        for name in names_in(processes):
            if name.isdigit():
                for text in _texts(f"{processes}/{name}", is_own=name == own):
                    for entry in pattern.findall(text):
                        found.setdefault(entry.decode("ascii"), int(name))
    return found


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


def _below(directory: Path) -> re.Pattern[bytes]:
    # /proc tells real paths, variables those that somebody wrote.
    places = {os.fsencode(directory), os.fsencode(directory.resolve())}
    return re.compile(b"(?:" + b"|".join(map(re.escape, sorted(places))) + b")" + _NAME)


def _texts(process: str, *, is_own: bool) -> Iterator[bytes]:
    """Yield everything about a process that may hold a path."""
    try:
        yield os.fsencode(os.readlink(f"{process}/exe"))  # noqa: PTH115 - 100s of them
    except OSError:
        return  # a thread of the kernel, another user's, or gone
    for name in ("environ", "maps") if is_own else ("environ", "cmdline", "maps"):
        with suppress(OSError), open(f"{process}/{name}", "rb") as file:  # noqa: PTH123
            yield file.read()
    links = [f"{process}/cwd"]
    with suppress(OSError):
        links += [f"{process}/fd/{number}" for number in names_in(Path(process, "fd"))]
    for link in links:
        with suppress(OSError):
            yield os.fsencode(os.readlink(link))  # noqa: PTH115
