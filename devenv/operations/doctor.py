"""`devenv doctor`: whether this machine can run everything, and what it uses."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from devenv import __version__
from devenv.errors import DevenvError
from devenv.host.project_folder import nearest_project
from devenv.model.environment import LIBRARY_PATH
from devenv.model.finding import Finding, ok, problem
from devenv.operations.doctor_archive import look_at_archives, look_at_keys
from devenv.operations.doctor_asking import Asking
from devenv.operations.doctor_caches import look_at_caches
from devenv.operations.doctor_folders import (
    look_at_disks,
    look_at_folders,
    look_at_leftovers,
    look_at_store,
)
from devenv.operations.doctor_machine import (
    look_at_daemon,
    look_at_kernel,
    look_at_libraries,
    look_at_library_path,
)
from devenv.operations.doctor_shell import (
    look_at_commands,
    look_at_hook,
    look_at_shells,
)
from devenv.plan.diagnosis.projects import OTHER_TOOLS, diagnose_project

Look = Callable[[Asking], Iterable[Finding]]


def _version(asking: Asking) -> Iterator[Finding]:
    python = ".".join(str(part) for part in sys.version_info[:3])
    yield ok("devenv", f"{__version__} on {asking.system.name}, Python {python}")


def _other_tools(asking: Asking) -> Iterator[Finding]:
    ceiling = asking.env.get("DEVENV_CEILING", "")
    folder = nearest_project(str(asking.folder), ceiling=ceiling) or asking.folder
    there = [name for name in OTHER_TOOLS if os.path.lexists(Path(folder) / name)]
    yield from diagnose_project(there, str(folder))


LOOKS: tuple[tuple[str, Look], ...] = (
    ("devenv", _version),
    ("command", look_at_commands),
    ("hook", look_at_hook),
    ("shells", look_at_shells),
    ("folders", look_at_folders),
    ("disk", look_at_disks),
    ("store", look_at_store),
    ("leftovers", look_at_leftovers),
    ("daemon", look_at_daemon),
    ("kernel", look_at_kernel),
    ("c-library", look_at_libraries),
    (LIBRARY_PATH, look_at_library_path),
    ("project", _other_tools),
    ("keyring", look_at_keys),
    ("archive", look_at_archives),
    ("cache", look_at_caches),
)
"""What is looked at, in order; the name is the finding's where a look itself fails."""


def examine(asking: Asking) -> tuple[Finding, ...]:
    """Look at everything devenv depends on; nothing here raises for a finding."""
    return tuple(
        finding for name, look in LOOKS for finding in _looked(name, look, asking)
    )


def _looked(name: str, look: Look, asking: Asking) -> list[Finding]:
    try:
        return list(look(asking))
    except DevenvError as error:
        return [failed(name, error)]
    except OSError as error:
        return [
            problem(
                name,
                error.strerror or "it cannot be looked at",
                where=str(error.filename or ""),
                advice="see whose it is, and on which disk",
            )
        ]


def failed(name: str, error: DevenvError) -> Finding:
    """Return the finding that an error stands for."""
    return problem(name, error.what, where=error.where or "", advice=error.hint or "")
