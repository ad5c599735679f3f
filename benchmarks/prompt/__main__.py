"""A prompt: what a hook costs before each, and on the way into a project and out.

    python -m benchmarks.prompt [--quick] [--scratch DIR]

Real interactive shells time themselves, the tools in turn in every round, each with
a home of its own, whose paths are about as long as people's; what the shell does in
that round without any hook is taken off. Of a few batches in a row the least disturbed
counts. With the daemon, it vouches for all files but the
spec, and zsh looks at them all the same. A figure is the median of the rounds, a ratio
the median of the rounds' own ratios, `least` the best round; by the least, direnv's
best round is compared with ours. The machine should be quiet, most of all for
microseconds.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks.chart import Bar, bar_chart
from benchmarks.prompt.subjects import (
    OUTSIDE,
    SHELLS,
    VOUCHED,
    WATCHED,
    Subject,
    all_subjects,
)
from benchmarks.report import machine, markdown_table, three_figures, write_results
from benchmarks.scratch import arguments, runs_folder
from benchmarks.timing import BenchmarkError

HERE = Path(__file__).parent
PATIENCE_SECONDS = 300
BATCHES = 4
LEAST_MICROSECONDS = 5.0
TIMES = {"bash": 1, "zsh": 1, "fish": 6}
"""How much longer a batch is, because to read the clock takes milliseconds in fish."""
TIMES_WITHOUT_PROCESSES = {"bash": 1, "zsh": 1, "fish": 60}
"""The same for prompts that take microseconds."""
HOMES = Path("/var/tmp")  # noqa: S108 (its name is short, and a disk is under it)

CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")

OUTSIDE_CASE = "outside"
UNCHANGED = {
    **{f"watched-{count}": f"inside, {count} watched" for count in WATCHED},
    **{f"vouched-{count}": f"inside, {count}, with the daemon" for count in VOUCHED},
}
MOVES = {"small": "in and out, 3 variables", "large": "in and out, 60 variables"}
CASES = {OUTSIDE_CASE: "outside any project", **UNCHANGED, **MOVES}
RATIOS = ("direnv/devenv", "mise/devenv", "by the least")
GOALS = (
    "unchanged with 1 watched file: at most 25 us, direnv at least 150 x as long",
    "unchanged with 10 and 50 watched files, or with the daemon: at most 65 and 260 us",
    "in and out: direnv at least 50 x as long in bash and zsh, 25 x in fish",
)

Figures = dict[tuple[str, str], dict[str, list[float]]]
"""Microseconds of each round, by shell and case, then by tool."""


def places(subject: Subject, names: Sequence[str]) -> str:
    """Return names and folders for the script that measures."""
    folders = {OUTSIDE_CASE: subject.home / OUTSIDE, **subject.projects}
    return " ".join(f"{name}={folders[name]}" for name in names)


def measured(subject: Subject, shell: str) -> Iterator[tuple[str, float]]:
    """Run a shell that times itself; yield cases and microseconds."""
    unchanged = [OUTSIDE_CASE, *UNCHANGED] if subject.watches else [OUTSIDE_CASE]
    if not subject.watches:
        unchanged.append(f"watched-{WATCHED[0]}")
    times = TIMES_WITHOUT_PROCESSES if subject.counts[0] > 1 else TIMES
    variables = {
        **subject.variables,
        "COUNT": str(subject.counts[0] * times[shell]),
        "PAIRS": str(subject.counts[1] * TIMES[shell]),
        "BATCHES": str(BATCHES),
        "UNCHANGED": places(subject, unchanged),
        "MOVES": places(subject, list(MOVES)),
        "OUTSIDE": str(subject.home / OUTSIDE),
        "EXPECTED": subject.expected,
    }
    script = HERE / f"measure.{shell}"
    done = subprocess.run(
        [f"/usr/bin/{shell}", "-i", "-c", f"source {script}"],
        env=variables,
        cwd=subject.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
        start_new_session=True,
    )
    if done.returncode != 0:
        said = f"{done.stdout}{done.stderr}"[-1000:]
        raise BenchmarkError(f"{subject.name} in {shell}: {done.returncode}\n{said}")
    # fish writes to the terminal that it believes to have.
    for line in CONTROL.sub("", done.stdout).splitlines():
        case, _, nanoseconds = line.partition(" ")
        if case in CASES:
            yield case, float(nanoseconds) / 1000


def all_rounds(subjects: Sequence[Subject], *, rounds: int) -> Figures:
    """Measure every tool in every shell once a round."""
    figures: Figures = {}
    for number in range(rounds):
        shift = number % len(subjects)
        for shell in SHELLS:
            for subject in (*subjects[shift:], *subjects[:shift]):
                for case, microseconds in measured(subject, shell):
                    row = figures.setdefault((shell, case), {})
                    row.setdefault(subject.name, []).append(microseconds)
    return figures


def without_nothing(figures: Figures) -> Figures:
    """Take off what a shell does without a hook."""
    return {
        key: {
            name: [
                max(0.0, each - bare)
                for each, bare in zip(values, row["nothing"], strict=True)
            ]
            for name, values in row.items()
            if name != "nothing"
        }
        for key, row in figures.items()
    }


def ratio(row: Mapping[str, Sequence[float]], name: str) -> str:
    """Return how much longer another tool takes, or a dash."""
    if name not in row:
        return "-"
    pairs = zip(row[name], row["devenv"], strict=True)
    return f"{three_figures(median(each / max(ours, 0.1) for each, ours in pairs))} x"


def by_the_least(row: Mapping[str, Sequence[float]]) -> str:
    """Return how much longer the best round of direnv takes than ours, or a dash."""
    # Below that there is only the noise of what was taken off.
    if "direnv" not in row or min(row["devenv"]) < LEAST_MICROSECONDS:
        return "-"
    return f"{three_figures(min(row['direnv']) / max(min(row['devenv']), 0.1))} x"


def table(figures: Figures) -> str:
    """Return medians, the least, and ratios."""
    rows = [
        (
            f"{shell}, {CASES[case]}",
            three_figures(median(row["devenv"])),
            three_figures(min(row["devenv"])),
            *(
                three_figures(median(row[name])) if name in row else "-"
                for name in ("direnv", "mise")
            ),
            ratio(row, "direnv"),
            ratio(row, "mise"),
            by_the_least(row),
        )
        for (shell, case), row in sorted(
            figures.items(), key=lambda item: (SHELLS.index(item[0][0]), _place(item))
        )
    ]
    heads = ("us", "devenv", "least", "direnv", "mise", *RATIOS)
    return markdown_table(heads, rows)


def _place(item: tuple[tuple[str, str], object]) -> int:
    return list(CASES).index(item[0][1])


def chart(figures: Figures, cases: Sequence[str], title: str) -> str:
    """Return the medians of some cases as bars."""
    bars = [
        Bar(
            label=f"{shell}, {name}",
            value=max(0.1, median(values)),
            text=f"{three_figures(median(values))} us",
            is_ours=name == "devenv",
        )
        for case in cases
        for shell in SHELLS
        for name, values in figures.get((shell, case), {}).items()
    ]
    note = "microseconds, logarithmic; median"
    return bar_chart(bars, title=title, note=note, is_logarithmic=True)


def main() -> None:
    options = arguments("prompts against direnv and mise")
    rounds = 3 if options.quick else 15
    with runs_folder(HOMES) as runs:
        subjects, absent = all_subjects(options.scratch.resolve() / "peers", runs)
        figures = without_nothing(all_rounds(subjects, rounds=rounds))
    versions = [f"- {each.name} {each.version}\n" for each in subjects if each.version]
    missing = [f"- {each.name} was left out: {each.reason}\n" for each in absent]
    parts = (
        f"# A prompt, and a cd\n\n{machine()}; {rounds} rounds.\n",
        str(__doc__).partition("\n\n")[2],
        "".join((*versions, *missing)),
        "Goals: " + "; ".join(GOALS) + ".\n",
        "![a prompt](prompt.svg)\n\n![in and out](prompt-cd.svg)\n",
        table(figures),
    )
    text = "\n".join(parts)
    raw = {f"{shell}, {case}": row for (shell, case), row in figures.items()}
    write_results(
        "prompt",
        text=text,
        figures={"machine": machine(), "microseconds": raw},
        charts={
            "prompt": chart(figures, ["watched-1"], "A prompt where nothing changed"),
            "prompt-cd": chart(figures, ["small"], "Into a project and out again"),
        },
    )
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
