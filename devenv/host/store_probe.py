"""Can the file system below a directory hold a store? Tried, not guessed."""

import errno
import os
from pathlib import Path

from devenv.errors import ProgramError, StoreError
from devenv.host.files import random_name, read_limited, remove_tree, write_whole

_SCRIPT = b"#!/bin/sh\nexit 7\n"
_SCRIPT_STATUS = 7
_ATTEMPTS = 3
PROBE_PREFIX = ".tmp-probe-"
"""Of what is tried with; the number of the process that tries comes behind it."""
_ELSEWHERE = "set DEVENV_STORE_DIR to a directory on another disk"


def check_can_hold_store(directory: Path, *, remembered_in: Path) -> None:
    """Make sure files below `directory` can be hard-linked and executed.

    The answer is remembered per device in the file `remembered_in`, so that
    only the first call on a device costs a process.

    Raises:
        StoreError: they cannot, or the directory cannot be written to.
    """
    if os.statvfs(directory).f_flag & os.ST_NOEXEC:
        raise _no_programs(directory)
    device = f"{directory.stat().st_dev} {directory}"
    if device in _remembered(remembered_in):
        return
    _probe(directory)
    known = [*_remembered(remembered_in), device]
    write_whole(remembered_in, "\n".join(known).encode("ascii", "replace"), mode=0o600)


def is_probe_of_living(name: str) -> bool:
    """Tell whether a name is that of a probe whose process may still need it."""
    process = name.removeprefix(PROBE_PREFIX).partition("-")[0]
    is_probe = name.startswith(PROBE_PREFIX) and process.isdecimal()
    return is_probe and Path(f"/proc/{process}").exists()


def _remembered(file: Path) -> list[str]:
    try:
        text = read_limited(file, max_bytes=1 << 20).decode("ascii", "replace")
    except FileNotFoundError:
        return []
    return text.splitlines()


def _probe(directory: Path) -> None:
    name = random_name(f"{PROBE_PREFIX}{os.getpid()}-")
    scratch = directory / name
    scratch.mkdir(0o700)
    scratch.chmod(0o700)
    try:
        write_whole(scratch / "script", _SCRIPT, mode=0o700)
        _check_links(scratch)
        _check_runs(scratch / "script", directory)
    finally:
        parent = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            remove_tree(parent, name)
        finally:
            os.close(parent)


def _check_links(scratch: Path) -> None:
    try:
        (scratch / "linked").hardlink_to(scratch / "script")
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            raise
        raise StoreError(
            "the file system of the store cannot make hard links",
            where=str(scratch.parent),
            hint=_ELSEWHERE,
        ) from error


def _check_runs(script: Path, directory: Path) -> None:
    from devenv.host.process import run  # noqa: PLC0415 - once per device

    # A fork of another thread may hold the script open for writing for a
    # moment, and then it is "busy"; hence more than one attempt.
    for _ in range(_ATTEMPTS):
        try:
            completed = run([str(script)], env={}, timeout_seconds=10)
        except ProgramError:
            continue
        if completed.status == _SCRIPT_STATUS:
            return
    raise _no_programs(directory)


def _no_programs(directory: Path) -> StoreError:
    return StoreError(
        "programs cannot be run from the file system of the store",
        where=str(directory),
        hint=_ELSEWHERE,
    )
