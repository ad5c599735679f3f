"""The floor: the same archives, unpacked and nothing more."""

import shlex
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from benchmarks.cold.devenv import synced
from benchmarks.subject import host_variables
from benchmarks.timing import Sample, checked, summed_peak_mib, timed

JOBS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacking:
    """Archives to unpack with `dpkg-deb -x`, `JOBS` at a time."""

    archives: tuple[Path, ...]
    folder: Path
    numbers: "count[int]" = field(default_factory=count)

    def unpacked(self) -> Sample:
        """Measure it, into a new folder."""
        command = self._command()
        checked(["sync"])
        return timed(command, env=host_variables())

    def decompressed(self) -> Sample:
        """Measure what decompressing takes, with nothing written."""
        line = self._each("dpkg-deb --fsys-tarfile {} >/dev/null")
        return timed(("/bin/sh", "-c", line), env=host_variables())

    def summed_peak(self) -> float:
        """Return the peak memory of all processes, in MiB."""
        return summed_peak_mib(self._command(), env=host_variables())

    def _command(self) -> tuple[str, ...]:
        target = self.folder / f"unpacked-{next(self.numbers)}"
        target.mkdir()
        line = self._each(f"dpkg-deb -x {{}} {shlex.quote(str(target))}")
        return synced(("/bin/sh", "-c", line), folder=target)

    def _each(self, command: str) -> str:
        """Return a line that runs a command for each archive, `{}` in it."""
        listed = self.folder / f"archives-{next(self.numbers)}.list"
        listed.write_text("".join(f"{path}\0" for path in self.archives))
        one = shlex.join(("/bin/sh", "-c", command.replace("{}", '"$0"'), "{}"))
        return f"xargs -0 -P {JOBS} -I{{}} {one} <{shlex.quote(str(listed))}"
