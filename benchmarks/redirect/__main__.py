"""What the redirecting library costs: at the start of a program, and in each call.

    python -m benchmarks.redirect [--quick] [--scratch DIR]

One C program, compiled here, stands in a tree three times: with the library,
without, and with an empty library in its place, which is what loading any library
costs. Start-up is that of the whole process, in turns. A call with a redirected path
is compared with the same call of the program without, given the path in the tree that
the library has to find: so both do the same work in the kernel. Last, programs of
Debian are started from a tree and on a system of their own (`own_system.py`).
"""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.redirect.own_system import measure_programs, programs_table
from benchmarks.report import machine, markdown_table, raw, three_figures, write_results
from benchmarks.scratch import arguments, runs_folder
from benchmarks.subject import host_variables
from benchmarks.timing import (
    Samples,
    checked,
    interleaved,
    median_seconds,
    timed,
)
from devenv.build.redirect_library import REDIRECT_LIBRARY, library_bytes
from devenv.formats.elf_patch import patch_elf
from devenv.operations.doors import this_system

WITH, WITHOUT, EMPTY = "with the library", "without", "with an empty library"
EMPTY_LIBRARY = "libempty.so"
CALLS = ("open and close", "stat", "access", "readlink", "realpath")
SHARED_FILE = "/usr/share/devenv-benchmark/file"
LIBRARIES = "usr/lib/devenv-benchmark"
MICROSECOND = 1e6


def make_tree(root: Path) -> Mapping[str, Path]:
    """Make a tree with the program in it, once for each kind."""
    libraries = root / LIBRARIES
    for folder in (libraries, root / "usr/bin", (root / SHARED_FILE[1:]).parent):
        folder.mkdir(parents=True)
    (root / SHARED_FILE[1:]).write_text("of the tree\n")
    (libraries / REDIRECT_LIBRARY).write_bytes(library_bytes(this_system()))
    source = Path(__file__).with_name("calls.c")
    compiled = root / "compiled"
    checked(["gcc", "-O2", "-w", "-o", compiled, source])
    empty = root / "empty.c"
    empty.write_text("int nothing;\n")
    shared = ["gcc", "-shared", "-fPIC", "-nostdlib"]
    checked([*shared, "-o", libraries / EMPTY_LIBRARY, empty])
    programs = {}
    each = ((WITH, (REDIRECT_LIBRARY,)), (WITHOUT, ()), (EMPTY, (EMPTY_LIBRARY,)))
    for name, needed in each:
        program = root / "usr/bin" / name.replace(" ", "-")
        run_path = f"$ORIGIN/../../{LIBRARIES}"
        content = patch_elf(
            compiled.read_bytes(),
            interpreter=None,
            run_path=run_path,
            add_needed=needed,
        )
        program.write_bytes(content)
        program.chmod(0o755)
        programs[name] = program
    return programs


def cost_ns(program: Path, call: str, path: str) -> float:
    """Return what a call of a path costs in nanoseconds."""
    done = subprocess.run(
        [program, call], input=path, text=True, capture_output=True, check=True
    )
    return float(done.stdout)


def call_costs(
    programs: Mapping[str, Path], root: Path, *, rounds: int
) -> dict[str, dict[str, tuple[float, float]]]:
    """Return the costs with and without, by what kind of path and which call."""
    in_tree = f"{root}{SHARED_FILE}"
    cases = {
        "redirected": (SHARED_FILE, in_tree),
        "not in the tree": ("/usr/share/none", "/usr/share/none"),
        "of no interest": ("/proc/self/none", "/proc/self/none"),
    }
    return {
        case: {
            call: (
                median(cost_ns(programs[WITH], call, mine) for _ in range(rounds)),
                median(cost_ns(programs[WITHOUT], call, plain) for _ in range(rounds)),
            )
            for call in CALLS
        }
        for case, (mine, plain) in cases.items()
    }


def start_table(samples: Samples) -> str:
    """Return medians and least of starts, in microseconds."""
    rows = [
        (
            name,
            three_figures(median_seconds(row) * MICROSECOND),
            three_figures(min(one.seconds for one in row) * MICROSECOND),
        )
        for name, row in samples.items()
    ]
    for base in (WITHOUT, EMPTY):
        pairs = zip(samples[WITH], samples[base], strict=True)
        more = median(one.seconds - other.seconds for one, other in pairs)
        row = (f"{WITH}, more than {base}", f"{more * MICROSECOND:+.1f}", "")
        rows.append(row)
    return markdown_table(("a start, in microseconds", "median", "least"), rows)


def call_table(costs: Mapping[str, Mapping[str, tuple[float, float]]]) -> str:
    """Return what each call costs, in nanoseconds."""
    rows = [
        (
            f"{call}, {case}",
            f"{own:.0f}",
            f"{plain:.0f}",
            f"{own - plain:+.0f}",
        )
        for case, calls in costs.items()
        for call, (own, plain) in calls.items()
    ]
    heads: Sequence[str] = ("a call, in nanoseconds", WITH, WITHOUT, "difference")
    return markdown_table(heads, rows)


def main() -> None:
    options = arguments("what the redirecting library costs")
    starts, rounds = (200, 1) if options.quick else (1000, 5)
    with runs_folder(options.scratch) as runs:
        programs = make_tree(runs / "tree")
        env = host_variables()
        candidates = {
            name: partial(timed, (str(program),), env=env)
            for name, program in programs.items()
        }
        interleaved(candidates, rounds=20)
        samples = interleaved(candidates, rounds=starts)
        costs = call_costs(programs, runs / "tree", rounds=rounds)
        whole = measure_programs(runs / "whole", rounds=starts)
    parts = (
        f"# The redirecting library\n\n{machine()}; {starts} starts.\n",
        str(__doc__).partition("\n\n")[2],
        f"{start_table(samples)}\n",
        f"{programs_table(whole)}\n",
        call_table(costs),
    )
    text = "\n".join(parts)
    figures = {
        "machine": machine(),
        "calls_ns": costs,
        "starts": raw(samples),
        "programs_us": {name: asdict(row) for name, row in whole.items()},
    }
    write_results("redirect", text=text, figures=figures, charts={})
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
