"""A warm environment: what one command, or one shell, costs.

    python -m benchmarks.run [--quick] [--scratch DIR]

Whole processes, spawned without a shell in between, in turns. The peers do less
than they do in earnest: nix-shell's derivation is trivial (no nixpkgs to
evaluate), mise and direnv set forty variables and no tool; so their figures are
lower bounds.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks.chart import Bar, bar_chart
from benchmarks.report import (
    machine,
    markdown_table,
    milliseconds,
    raw,
    three_figures,
    write_results,
)
from benchmarks.run.peers import Absent, Peer, all_peers
from benchmarks.run.terminal import timed_shell
from benchmarks.scratch import arguments, runs_folder
from benchmarks.subject import devenv_variables, find_devenv, host_variables
from benchmarks.timing import (
    Sample,
    Samples,
    checked,
    interleaved,
    median_ratio,
    median_seconds,
    timed,
)

PACKAGE = "hello"
TRUE = "/bin/true"
BASH = "/bin/bash"
OURS = "devenv run -p, /bin/true"
OUR_SHELL = "devenv shell -p, interactive"
BARE_SHELL = "bash -i"
WARM_UP_ROUNDS = 2

Candidates = Mapping[str, Callable[[], Sample]]


def command_candidates(
    variables: Mapping[str, str], peers: Sequence[Peer]
) -> Candidates:
    """Return what is measured with one command."""
    devenv = find_devenv()
    ours = partial(timed, env=variables)
    program = checked([devenv, "which", PACKAGE, "-p", PACKAGE], env=variables).strip()
    return {
        TRUE: partial(timed, (TRUE,), env=host_variables()),
        "hello, started by its path": partial(ours, (program,)),
        OURS: partial(ours, (devenv, "run", "-p", PACKAGE, "--", TRUE)),
        "devenv run hello": partial(ours, (devenv, "run", PACKAGE)),
        "devenv shell -p, -c true": partial(
            ours, (devenv, "shell", "-p", PACKAGE, "-c", "true")
        ),
        **{
            peer.name: partial(
                timed, peer.command, env=peer.variables, directory=peer.directory
            )
            for peer in peers
        },
    }


def shell_candidates(
    variables: Mapping[str, str], peers: Sequence[Peer], *, home: Path
) -> Candidates:
    """Return what is measured with an interactive shell, on a terminal."""
    plain = {"HOME": str(home), "SHELL": BASH}
    ours = (find_devenv(), "shell", "-p", PACKAGE)
    start = partial(timed_shell, directory=home)
    return {
        BARE_SHELL: partial(start, (BASH, "-i"), env={**host_variables(), **plain}),
        OUR_SHELL: partial(start, ours, env={**variables, **plain}),
        **{
            f"{peer.name.split()[0]}, interactive": partial(
                timed_shell,
                peer.interactive,
                env={**peer.variables, "SHELL": BASH},
                directory=peer.directory,
            )
            for peer in peers
            if peer.interactive
        },
    }


def table(samples: Samples, *, floor: str, ours: str) -> str:
    """Return medians, and ratios to the floor and to devenv."""
    rows = [
        (
            name,
            milliseconds(median_seconds(row)),
            milliseconds(min(sample.seconds for sample in row)),
            three_figures(median_ratio(row, base=samples[floor])),
            three_figures(median_ratio(row, base=samples[ours])),
        )
        for name, row in samples.items()
    ]
    return markdown_table(("", "median", "least", f"x {floor}", "x devenv"), rows)


def chart(samples: Samples, *, title: str) -> str:
    """Return the medians as bars."""
    bars = [
        Bar(
            label=name,
            value=median_seconds(row) * 1000,
            text=milliseconds(median_seconds(row)),
            is_ours=name.startswith("devenv"),
        )
        for name, row in samples.items()
    ]
    note = "milliseconds, logarithmic; median"
    return bar_chart(bars, title=title, note=note, is_logarithmic=True)


def about_peers(peers: Sequence[Peer], absent: Sequence[Absent]) -> str:
    """Return the versions of the peers, and why others are missing."""
    found = [f"{peer.name} of {peer.version}" for peer in peers]
    missing = [f"{each.name} was left out: {each.reason}" for each in absent]
    return "".join(f"- {line}\n" for line in (*found, *missing))


def measured(
    variables: Mapping[str, str], peers: Sequence[Peer], *, home: Path, rounds: int
) -> tuple[Samples, Samples]:
    """Return the samples of single commands, and of interactive shells."""
    commands = command_candidates(variables, peers)
    shells = shell_candidates(variables, peers, home=home)
    for candidates in (commands, shells):
        interleaved(candidates, rounds=WARM_UP_ROUNDS)
    return interleaved(commands, rounds=rounds), interleaved(shells, rounds=rounds)


def main() -> None:
    options = arguments("warm starts against mise, direnv and nix-shell")
    rounds = 20 if options.quick else 60
    peers, absent = all_peers(options.scratch.resolve() / "peers")
    with runs_folder(options.scratch) as runs:
        variables = devenv_variables(store=runs, cache=runs / "cache")
        checked([find_devenv(), "run", PACKAGE], env=variables)
        home = runs / "home"
        home.mkdir()
        commands, shells = measured(variables, peers, home=home, rounds=rounds)
    parts = (
        f"# One command in a warm environment\n\n{machine()}; {rounds} rounds.\n",
        str(__doc__).partition("\n\n")[2],
        about_peers(peers, absent),
        f"![commands](run.svg)\n\n{table(commands, floor=TRUE, ours=OURS)}\n",
        "## An interactive shell, started and left\n\n![shells](shell.svg)\n",
        table(shells, floor=BARE_SHELL, ours=OUR_SHELL),
    )
    charts = {
        "run": chart(commands, title="One command in a warm environment"),
        "shell": chart(shells, title="An interactive shell, started and left"),
    }
    figures = {"commands": raw(commands), "shells": raw(shells)}
    text = "\n".join(parts)
    write_results(
        "run", text=text, figures={"machine": machine(), **figures}, charts=charts
    )
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
