"""apt-get install in a fresh copy of a minimal Debian."""

import os
import shutil
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from benchmarks.cold.devenv import synced
from benchmarks.subject import host_variables
from benchmarks.timing import Sample, checked, summed_peak_mib, timed

RELEASE = "trixie"


def unavailable_reason() -> str | None:
    """Return why this machine cannot run apt in a root of its own, or None."""
    if os.geteuid() != 0:
        return "only root can make a Debian root"
    return None if shutil.which("debootstrap") else "there is no debootstrap"


def prepare_root(scratch: Path) -> Path:
    """Return a minimal root with fresh package lists, made once."""
    root = scratch.resolve() / f"root-{RELEASE}"
    if not root.is_dir():
        part = root.with_name(f"{root.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.parent.mkdir(parents=True, exist_ok=True)
        checked(["debootstrap", "--variant=minbase", RELEASE, part])
        checked(["chroot", part, "apt-get", "clean"], env=host_variables())
        part.rename(root)
    checked(["chroot", root, "apt-get", "-q", "update"], env=host_variables())
    return root


@dataclass(frozen=True, slots=True, kw_only=True)
class AptRoot:
    """A set of packages and the root to install them in a copy of."""

    packages: tuple[str, ...]
    base: Path
    folder: Path
    install_only: list[Sample] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=count)

    def download_and_install(self) -> Sample:
        """Measure both; what installing alone took goes to `install_only`."""
        root = self._new_root()
        checked(["sync"])
        variables = {**host_variables(), "DEBIAN_FRONTEND": "noninteractive"}
        fetched = timed(self._command(root, "--download-only"), env=variables)
        checked(["sync"])
        installed = timed(self._command(root, "--no-download"), env=variables)
        self.install_only.append(installed)
        return Sample(
            seconds=fetched.seconds + installed.seconds,
            cpu_seconds=fetched.cpu_seconds + installed.cpu_seconds,
            largest_process_mib=max(
                fetched.largest_process_mib, installed.largest_process_mib
            ),
        )

    def summed_peak(self) -> float:
        """Return the peak memory of all processes of an installation, in MiB."""
        root = self._new_root()
        variables = {**host_variables(), "DEBIAN_FRONTEND": "noninteractive"}
        checked(self._command(root, "--download-only"), env=variables)
        return summed_peak_mib(self._command(root, "--no-download"), env=variables)

    def _new_root(self) -> Path:
        root = self.folder / f"root-{next(self.numbers)}"
        checked(["cp", "-a", self.base, root])
        return root

    def _command(self, root: Path, option: str) -> tuple[str, ...]:
        install = ("apt-get", "-y", "-q", "--no-install-recommends", option, "install")
        words = ("chroot", str(root), *install, *self.packages)
        return synced(words, folder=root)
