"""Time whole processes: spawned without a shell, candidates taken in turn.

Two figures of one candidate are worth little when another job of the machine
came between them, so all candidates run once in every round, and a ratio is the
median of the rounds' own ratios.
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from statistics import median

MEBIBYTE_IN_KIB = 1024
SAMPLING_SECONDS = 0.02


class BenchmarkError(RuntimeError):
    """A command that is measured, or prepares one, failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One run: wall clock, processor time of it and its children.

    `largest_process_mib` is the resident peak of the largest single process,
    as the kernel reports it: processes that run side by side are not added up.
    """

    seconds: float
    cpu_seconds: float
    largest_process_mib: float


Samples = Mapping[str, Sequence[Sample]]


def timed(
    command: Sequence[str], *, env: Mapping[str, str], directory: Path | None = None
) -> Sample:
    """Run `command`, whose first word is an absolute path, and measure it.

    Raises:
        BenchmarkError: it did not exit with 0; the message ends with its output.
    """
    with tempfile.TemporaryFile() as output, chdir(directory or Path.cwd()):
        actions = (
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, output.fileno(), 1),
            (os.POSIX_SPAWN_DUP2, output.fileno(), 2),
        )
        start = time.perf_counter()
        child = os.posix_spawn(command[0], [*command], env, file_actions=actions)
        _, status, usage = os.wait4(child, 0)
        seconds = time.perf_counter() - start
        if status != 0:
            output.seek(0)
            said = output.read()[-2000:].decode(errors="replace")
            exit_status = os.waitstatus_to_exitcode(status)
            raise BenchmarkError(f"{' '.join(command)}: exit {exit_status}\n{said}")
    return Sample(
        seconds=seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        largest_process_mib=usage.ru_maxrss / MEBIBYTE_IN_KIB,
    )


def interleaved(
    candidates: Mapping[str, Callable[[], Sample]], *, rounds: int
) -> dict[str, list[Sample]]:
    """Run every candidate once a round, each round starting with another."""
    names = list(candidates)
    samples: dict[str, list[Sample]] = {name: [] for name in names}
    for number in range(rounds):
        shift = number % len(names)
        for name in (*names[shift:], *names[:shift]):
            samples[name].append(candidates[name]())
    return samples


def median_seconds(samples: Sequence[Sample]) -> float:
    """Return the median wall clock."""
    return median(sample.seconds for sample in samples)


def median_ratio(samples: Sequence[Sample], *, base: Sequence[Sample]) -> float:
    """Return the median over the rounds of the wall clock over `base`'s."""
    pairs = zip(samples, base, strict=True)
    return median(sample.seconds / other.seconds for sample, other in pairs)


def checked(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> str:
    """Run what prepares a measurement; return what it printed."""
    try:
        done = subprocess.run(
            command, check=True, capture_output=True, env=env, cwd=directory
        )
    except subprocess.CalledProcessError as error:
        said = (error.stdout + error.stderr)[-2000:].decode(errors="replace")
        words = " ".join(map(str, command))
        raise BenchmarkError(f"{words}: exit {error.returncode}\n{said}") from error
    return done.stdout.decode(errors="replace")


def summed_peak_mib(command: Sequence[str], *, env: Mapping[str, str]) -> float:
    """Return the peak memory of a process and all below it, added up.

    Proportional set sizes, sampled fifty times a second: run it apart from what
    is timed.
    """
    peak_kib = 0
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=env, stdout=quiet, stderr=quiet) as child:
        while child.poll() is None:
            tree = _descendants(child.pid, _parents())
            peak_kib = max(peak_kib, sum(map(_proportional_kib, tree)))
            time.sleep(SAMPLING_SECONDS)
    if child.returncode != 0:
        raise BenchmarkError(f"{' '.join(command)}: exit {child.returncode}")
    return peak_kib / MEBIBYTE_IN_KIB


def _parents() -> dict[int, int]:
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "stat").read_text(errors="replace")
        except OSError:  # it has ended
            continue
        parents[int(folder.name)] = int(text.rpartition(")")[2].split()[1])
    return parents


def _descendants(top: int, parents: Mapping[int, int]) -> set[int]:
    found = {top}
    while more := {p for p, up in parents.items() if up in found} - found:
        found |= more
    return found


def _proportional_kib(process: int) -> int:
    try:
        text = Path("/proc", str(process), "smaps_rollup").read_text()
    except OSError:  # it has ended
        return 0
    lines = (line.split() for line in text.splitlines())
    return next((int(words[1]) for words in lines if words[0] == "Pss:"), 0)
