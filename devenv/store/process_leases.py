"""What a single process uses until it ends, whoever says so.

For processes that cannot hold a file locked: a shell that devenv becomes, or one
whose hook tells what it has entered. A process is known by its number, its start
and the machine's (see `ProcessId`), so that another one of its number is not taken
for it. Programs that name what they use in /proc need none of this.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from devenv.errors import FormatError
from devenv.host.files import names_in, read_limited, write_whole
from devenv.host.running import PROCESSES, ProcessId, process_id
from devenv.model.store_path import canonical_json
from devenv.store.layout import Layout

_MAX_BYTES = 1 << 20


def hold_for_process(layout: Layout, process: ProcessId, bases: Iterable[str]) -> None:
    """Keep `bases`, and nothing it held before, until `process` ends.

    Call it while something else keeps them: a session, or a root.

    Raises:
        OSError: it cannot be written down.
    """
    text = canonical_json(
        {
            "pid": process.pid,
            "start_ticks": process.start_ticks,
            "boot_id": process.boot_id,
            "kept": sorted(bases),
        }
    )
    file = layout.processes / f"{process.pid}-{process.start_ticks}"
    write_whole(file, text.encode("ascii"), mode=0o600, is_durable=False)


def held_by_processes(layout: Layout, processes: Path = PROCESSES) -> dict[str, int]:
    """Return what living processes hold, each with one of them."""
    found: dict[str, int] = {}
    for file in _files(layout):
        with suppress(FileNotFoundError):
            process, kept = _read(file)
            if process is not None and process_id(process.pid, processes) == process:
                found |= dict.fromkeys(kept, process.pid)
    return found


def reap_ended_processes(layout: Layout, processes: Path = PROCESSES) -> None:
    """Forget what processes held that have ended."""
    for file in _files(layout):
        with suppress(FileNotFoundError):
            process, _ = _read(file)
            if process is None or process_id(process.pid, processes) != process:
                file.unlink()


def _files(layout: Layout) -> list[Path]:
    with suppress(FileNotFoundError):
        # What begins with a dot is being written.
        names = names_in(layout.processes)
        return [layout.processes / name for name in names if name[0].isdigit()]
    return []


def _read(file: Path) -> tuple[ProcessId | None, list[str]]:
    try:
        found = json.loads(read_limited(file, max_bytes=_MAX_BYTES))
        process = ProcessId(
            pid=int(found["pid"]),
            start_ticks=int(found["start_ticks"]),
            boot_id=str(found["boot_id"]),
        )
        return process, [str(base) for base in found["kept"]]
    except (ValueError, KeyError, TypeError, FormatError):
        # A power cut left a part of it: the process is gone as well.
        return None, []
