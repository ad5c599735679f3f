"""devenv with an empty store, and with a full one and a new wish."""

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks.report import markdown_table, milliseconds, three_figures
from benchmarks.subject import devenv_variables, find_devenv, package_flags
from benchmarks.timing import Sample, checked, summed_peak_mib, timed

ARCHIVE_MAGIC = b"!<arch>\n"
FILES_COUNTED = 1000


def synced(command: Sequence[str], *, folder: Path) -> tuple[str, ...]:
    """Return a command that ends when `folder`'s file system has it all."""
    line = f"{shlex.join(command)} && exec sync -f {shlex.quote(str(folder))}"
    return ("/bin/sh", "-c", line)


@dataclass(frozen=True, slots=True, kw_only=True)
class DevenvCold:
    """A set of packages, a cache with the index only, and one with all archives."""

    packages: tuple[str, ...]
    folder: Path
    numbers: "count[int]" = field(default_factory=count)

    @classmethod
    def prepared(cls, packages: tuple[str, ...], *, folder: Path) -> "DevenvCold":
        """Return it with both caches filled, over the network."""
        made = cls(packages=packages, folder=folder)
        folder.mkdir(parents=True)
        index_only = devenv_variables(store=folder / "s", cache=folder / "index")
        checked([find_devenv(), "info", packages[0]], env=index_only)
        checked(["cp", "-a", folder / "index", folder / "full"])
        made._start(cache=folder / "full")
        return made

    def archives(self) -> tuple[Path, ...]:
        """Return the archives that were fetched, wherever the cache keeps them."""
        files = (path for path in (self.folder / "full").rglob("*") if path.is_file())
        return tuple(sorted(path for path in files if _is_archive(path)))

    def from_downloads(self) -> Sample:
        """Measure with every archive in the cache."""
        return self._start(cache=self.folder / "full")

    def from_index(self) -> Sample:
        """Measure with nothing but the index in the cache."""
        cache = self.folder / f"cache-{next(self.numbers)}"
        checked(["cp", "-a", self.folder / "index", cache])
        return self._start(cache=cache)

    def summed_peak(self) -> float:
        """Return the peak memory of all processes, downloads cached, in MiB."""
        store = self._new_store()
        variables = devenv_variables(store=store, cache=self.folder / "full")
        return summed_peak_mib(self._command(store), env=variables)

    def _start(self, *, cache: Path) -> Sample:
        store = self._new_store()
        variables = devenv_variables(store=store, cache=cache)
        checked(["sync"])
        return timed(self._command(store), env=variables)

    def _new_store(self) -> Path:
        store = self.folder / f"store-{next(self.numbers)}"
        store.mkdir()
        return store

    def _command(self, store: Path) -> tuple[str, ...]:
        flags = package_flags(self.packages)
        command = (find_devenv(), "run", *flags, "--", "/bin/true")
        return synced(command, folder=store)


def _is_archive(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(ARCHIVE_MAGIC)) == ARCHIVE_MAGIC


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEnvironments:
    """Samples of environments made in a store that had every package."""

    samples: tuple[Sample, ...]
    again: tuple[Sample, ...]
    files: int

    def figures(self) -> dict[str, object]:
        """Return what was measured as JSON can hold it."""
        return {
            "seconds": [sample.seconds for sample in self.samples],
            "seconds_again": [sample.seconds for sample in self.again],
            "files": self.files,
        }

    def text(self) -> str:
        """Return the section of the results."""
        new = median(sample.seconds for sample in self.samples)
        again = median(sample.seconds for sample in self.again)
        for_each = new / self.files * FILES_COUNTED
        rows = [
            ("a new environment", milliseconds(new)),
            ("the same for each 1,000 files of its tree", milliseconds(for_each)),
            ("an environment that is there", milliseconds(again)),
        ]
        head = "## A new environment in a store that has the packages\n"
        size = three_figures(self.files / FILES_COUNTED)
        note = f"The medium set and one package more; {size} thousand files in a tree."
        return f"{head}\n{note}\n\n{markdown_table(('', 'median'), rows)}"


def new_environments(
    packages: Sequence[str], *, added: Sequence[str], folder: Path
) -> NewEnvironments:
    """Measure `packages` with each of `added`, all of them in the store before."""
    folder.mkdir(parents=True)
    variables = devenv_variables(store=folder, cache=folder / "cache")
    devenv = find_devenv()
    for wanted in (packages, *((name,) for name in added)):
        checked(
            [devenv, "run", *package_flags(wanted), "--", "/bin/true"], env=variables
        )
    commands = [
        (devenv, "run", *package_flags((*packages, name)), "--", "/bin/true")
        for name in added
    ]
    checked(["sync"])
    samples = tuple(timed(command, env=variables) for command in commands)
    again = tuple(timed(command, env=variables) for command in commands)
    path = (*commands[0][:-1], "/usr/bin/env")
    printed = checked(path, env=variables).splitlines()
    entries = next(line for line in printed if line.startswith("PATH="))
    first = Path(entries.removeprefix("PATH=").partition(":")[0])
    store = folder / "store"
    tree = store / first.relative_to(store).parts[0]
    files = sum(len(names) for _, _, names in os.walk(tree))
    return NewEnvironments(samples=samples, again=again, files=files)
