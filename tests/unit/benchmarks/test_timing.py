"""Samples, medians and ratios, and that a failure is not taken for a time."""

import sys
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from benchmarks.timing import (
    BenchmarkError,
    Sample,
    interleaved,
    median_ratio,
    median_seconds,
    summed_peak_mib,
    timed,
)

ENV = {"PATH": "/usr/bin:/bin"}


def sample(seconds: float) -> Sample:
    return Sample(seconds=seconds, cpu_seconds=0.0, largest_process_mib=1.0)


def samples(*seconds: float) -> list[Sample]:
    return [sample(each) for each in seconds]


def test_the_median_is_of_the_wall_clock() -> None:
    assert median_seconds(samples(3.0, 1.0, 9.0)) == 3.0


def test_a_ratio_is_the_median_of_the_rounds_and_not_the_ratio_of_medians() -> None:
    ratio = median_ratio(samples(2.0, 30.0, 4.0), base=samples(1.0, 10.0, 4.0))

    assert ratio == 2.0


def test_a_ratio_of_different_numbers_of_rounds_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        median_ratio(samples(1.0, 2.0), base=samples(1.0))


def test_every_candidate_runs_once_a_round_and_each_is_first_in_turn() -> None:
    order: list[str] = []

    ticks = {"a": count(), "b": count(10)}

    def noting(name: str) -> Sample:
        order.append(name)
        return sample(float(next(ticks[name])))

    candidates = {name: partial(noting, name) for name in ticks}
    found = interleaved(candidates, rounds=3)

    assert order == ["a", "b", "b", "a", "a", "b"]
    assert found == {"a": samples(0.0, 1.0, 2.0), "b": samples(10.0, 11.0, 12.0)}


def test_a_command_is_run_in_its_directory_with_its_variables_only(
    tmp_path: Path,
) -> None:
    line = 'test "$ONLY" = this && test -z "${HOME-}" && : >made'
    found = timed(
        ("/bin/sh", "-c", line), env={**ENV, "ONLY": "this"}, directory=tmp_path
    )

    assert (tmp_path / "made").is_file()
    assert found.seconds > 0
    assert found.largest_process_mib > 0


def test_a_command_that_fails_is_an_error_with_its_words() -> None:
    with pytest.raises(BenchmarkError, match=r"(?s)exit 3.*what it said"):
        timed(("/bin/sh", "-c", "echo what it said >&2; exit 3"), env=ENV)


def test_the_summed_peak_adds_up_processes_that_run_side_by_side() -> None:
    memory = "x = bytearray(30 << 20); sum(range(6_000_000))"
    alone = (sys.executable, "-ISc", memory)
    line = (
        f"'{sys.executable}' -ISc '{memory}' & exec '{sys.executable}' -ISc '{memory}'"
    )

    single = summed_peak_mib(alone, env=ENV)
    assert single > 30
    assert summed_peak_mib(("/bin/sh", "-c", line), env=ENV) > 1.5 * single
