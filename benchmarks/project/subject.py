"""A project to measure: a folder with a spec, and a store that has all it needs."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks.subject import devenv_variables, find_devenv
from benchmarks.timing import Sample, checked, timed

RESTED_SECONDS = 60
"""How old a file is made, so that its time tells whether it changed."""


class InsideSample(NamedTuple):
    """How long a round took in a process that had started."""

    seconds: float
    processor_seconds: float


@dataclass(frozen=True, slots=True)
class BenchmarkProject:
    """A project in a folder of its own; store and cache are shared beside it."""

    folder: Path

    @classmethod
    def made(cls, folder: Path, *, packages: Sequence[str]) -> "BenchmarkProject":
        """Return a project whose environment has been made once."""
        project = cls(folder)
        folder.mkdir(parents=True)
        project.ask_for(packages)
        project.run("exec", "/bin/true")
        for file in (project.spec, project.lock):
            moment = time.time() - RESTED_SECONDS
            os.utime(file, (moment, moment))
        project.run("exec", "/bin/true")
        return project

    @property
    def spec(self) -> Path:
        return self.folder / "devenv.toml"

    @property
    def lock(self) -> Path:
        return self.folder / "devenv.lock.toml"

    @property
    def variables(self) -> dict[str, str]:
        beside = self.folder.parent
        return dict(devenv_variables(store=beside, cache=beside / "cache"))

    def ask_for(self, packages: Sequence[str]) -> None:
        """Write a spec with these packages."""
        listed = ", ".join(f'"{package}"' for package in packages)
        self.spec.write_text(f"packages = [{listed}]\n")

    def run(self, *words: str) -> str:
        """Run devenv in the project, unmeasured."""
        return checked(
            [find_devenv(), *words], env=self.variables, directory=self.folder
        )

    def timed(self, *command: str) -> Sample:
        """Measure a command in the project."""
        return timed(command, env=self.variables, directory=self.folder)

    def inside(self, kind: str, rounds: Iterable[Sequence[str]]) -> list[InsideSample]:
        """Measure rounds in one process; see `inside.py`."""
        lines = "".join(f"{' '.join(packages)}\n" for packages in rounds)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.project.inside", kind],
            input=lines,
            env={**self.variables, "PYTHONPATH": str(Path.cwd())},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        return [InsideSample(*each) for each in json.loads(done.stdout)]

    def file_count(self) -> int:
        """Return how many files the environment's trees have."""
        trees = self.run("build", "--quiet").split()
        return sum(len(files) for tree in trees for _, _, files in os.walk(tree))
