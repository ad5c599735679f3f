"""`devenv gc --dry-run`, where it is plain what would go."""

import os
import stat
import sys
import time

from devenv.cli.streams import (
    DataOutputError,
    data_line,
    flush_data,
    open_closed_streams,
    output_lost,
)
from devenv.formats.amounts import counted, size
from devenv.host.base_directories import (
    cache_directory,
    data_directory,
    state_directory,
)
from devenv.operations.plain_collection import plan_plainly

TYPE_CHECKING = False
if TYPE_CHECKING:
    from devenv.operations.plain_collection import LeftoverRow
    from devenv.store.plain_garbage import Dead

_SWITCHES = {
    "--dry-run": "dry run",
    "-n": "dry run",
    "--now": "now",
    "--json": "json",
    "--quiet": "quiet",
    "-q": "quiet",
}


def gc(words: list[str]) -> int | None:
    """Say what `devenv.cli.gc_command` would, or return None."""
    asked = {_SWITCHES.get(word, "") for word in words}
    if "dry run" not in asked or "" in asked:
        return None
    try:
        found = _plan(dict(os.environ), is_now="now" in asked)
    except Exception:  # noqa: BLE001 - whatever it is, the long way says it
        return None
    return None if found is None else _show(*found, asked=asked)


def _plan(
    env: dict[str, str], *, is_now: bool
) -> "tuple[Dead, list[LeftoverRow]] | None":
    data = data_directory(env)
    store = os.path.normpath(env.get("DEVENV_STORE_DIR") or f"{data}/devenv/store")
    state = state_directory(env)
    if not (_is_private(store) and _is_private(state)):
        return None
    return plan_plainly(
        store, state, cache_directory(env), now_seconds=time.time(), is_now=is_now
    )


def _is_private(folder: str) -> bool:
    found = os.lstat(folder)
    is_open = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not is_open


def _show(dead: "Dead", leftovers: "list[LeftoverRow]", *, asked: set[str]) -> int:
    bases, sizes = dead
    counts = sizes + [count for _, _, count in leftovers]
    open_closed_streams()
    try:
        if "json" in asked:
            data_line(_json(dead, leftovers, sum(counts)))
        elif counts:
            data_line("\n".join(_lines(dead, leftovers, set(counts))))
        flush_data()
    except (BrokenPipeError, DataOutputError) as error:
        return output_lost(error)
    if not asked & {"json", "quiet"}:
        told = f"{counted(len(bases), 'path')} and {size(sum(counts))}"
        _note(f"{told} would be given back")
    return 0


def _lines(dead: "Dead", leftovers: "list[LeftoverRow]", counts: set[int]) -> list[str]:
    width = max(len(size(count)) for count in counts)
    heads = {count: f"remove  {size(count):>{width}}  " for count in counts}
    return [heads[count] + base for base, count in zip(*dead, strict=True)] + [
        f"{heads[count]}{kind} ({files})" for kind, files, count in leftovers
    ]


def _json(dead: "Dead", leftovers: "list[LeftoverRow]", total: int) -> str:
    # Names of store paths and kinds need no quoting, and json takes 6 ms to import.
    kinds = ",".join(
        f'{{"files":{files},"freed_bytes":{count},"kind":"{kind}"}}'
        for kind, files, count in leftovers
    )
    paths = ",".join(
        [
            f'{{"freed_bytes":{count},"path":"{base}"}}'
            for base, count in zip(*dead, strict=True)
        ]
    )
    return (
        f'{{"dry_run":true,"freed_bytes":{total},"kept":[],"leftovers":[{kinds}],'
        f'"path_count":{len(dead[0])},"paths":[{paths}],"roots":[]}}'
    )


def _note(text: str) -> None:
    """Say it as `devenv.cli.display` does: whether anybody listens or not."""
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        return
