"""The processes that called us: which shell asks."""

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from devenv.values import dataclass

_PROC = Path("/proc")
_MOST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A shell that called us, and the processes of that shell around it."""

    name: str
    pids: tuple[int, ...]


def calling_shell(names: Collection[str], start: int | None = None) -> Caller | None:
    """Return the nearest process above us that is one of these programs.

    Copies of itself that called it come along: a subshell has its shell's hook.
    """
    nearest = ""
    pids = []
    for pid, name in ancestors(os.getpid() if start is None else start):
        if nearest and name != nearest:
            break
        if name in names:
            nearest = name
            pids.append(pid)
    return Caller(name=nearest, pids=tuple(pids)) if nearest else None


def ancestors(pid: int) -> Iterator[tuple[int, str]]:
    """Yield a process and those above it, with the names of their programs."""
    for _ in range(_MOST):
        try:
            text = (_PROC / str(pid) / "stat").read_text("utf-8", "replace")
        except OSError:
            return
        # The name may have any characters: the last bracket ends it (proc(5)).
        head, _, rest = text.rpartition(")")
        # A login shell's name starts with a dash only in argv, not here.
        yield pid, head.partition("(")[2]
        pid = int(rest.split()[1])
        if pid == 0:
            return
