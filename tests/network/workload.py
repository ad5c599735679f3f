"""The workloads: small real jobs, each with the packages it needs.

They stand in `workloads/*.toml`, one table each:

    name      what it is called in test ids and in the results
    packages  what is asked of devenv, each a requirement of the command line
    proves    what a success tells that a mere start would not
    script    POSIX shell, run with `set -eu`; `wait_until COMMAND...` repeats a
              command for up to ten seconds until it succeeds
    as_root   run once more as root, who may write where nobody should
    fails     mode to cause: where the job is known to fail, and why
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

FOLDER = Path(__file__).with_name("workloads")


class Mode(StrEnum):
    """The kind of host a workload runs on."""

    HERMETIC = "hermetic"
    HOST = "host"
    ROOT = "root"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One job; `fails` maps a mode to the cause of its known failure."""

    name: str
    packages: tuple[str, ...]
    proves: str
    script: str
    as_root: bool = False
    fails: Mapping[Mode, str] = field(default_factory=dict)

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The modes this job runs in."""
        last = (Mode.ROOT,) if self.as_root else ()
        return (Mode.HERMETIC, Mode.HOST, *last)


def parse_workloads(text: str) -> tuple[Workload, ...]:
    """Return the workloads of one TOML file.

    Raises:
        TypeError: a key is unknown or missing.
        ValueError: `fails` names no mode, or the text is not TOML.
    """
    tables = tomllib.loads(text)["workload"]
    return tuple(
        Workload(
            **{
                **table,
                "packages": tuple(table["packages"]),
                "fails": {Mode(k): v for k, v in table.get("fails", {}).items()},
            }
        )
        for table in tables
    )


def all_workloads() -> tuple[Workload, ...]:
    """Return every workload of every file, in the files' order."""
    files = sorted(FOLDER.glob("*.toml"))
    return tuple(each for file in files for each in parse_workloads(file.read_text()))
