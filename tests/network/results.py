"""The table of what worked where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.network.workload import Mode

WORKED = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One workload in one mode. `cause` is of a known failure, else empty."""

    name: str
    packages: str
    proves: str
    mode: str
    verdict: str
    cause: str = ""


def results_table(results: Iterable[Result]) -> str:
    """Return one Markdown row a workload and one column a mode."""
    by_name: dict[str, dict[str, Result]] = {}
    for result in results:
        by_name.setdefault(result.name, {})[result.mode] = result
    modes = tuple(Mode)
    lines = [
        f"| workload | packages | proves | {' | '.join(modes)} |",
        f"|---|---|---|{'---|' * len(modes)}",
    ]
    for name, row in sorted(by_name.items()):
        first = next(iter(row.values()))
        cells = (row[mode].verdict if mode in row else "" for mode in modes)
        head = f"| {name} | {first.packages} | {first.proves} |"
        lines.append(f"{head} {' | '.join(cells)} |")
    return "\n".join(lines)


def totals(results: Sequence[Result]) -> str:
    """Return one line a mode: how many of how many worked."""
    lines = []
    for mode in Mode:
        of_mode = [result for result in results if result.mode == mode]
        worked = sum(result.verdict == WORKED for result in of_mode)
        if of_mode:
            lines.append(f"{mode}: {worked} of {len(of_mode)}")
    return "\n".join(lines)


def causes(results: Iterable[Result]) -> str:
    """Return a list of the known failures and why they fail."""
    known = sorted({(r.name, r.mode, r.cause) for r in results if r.cause})
    return "\n".join(f"- {name} ({mode}): {cause}" for name, mode, cause in known)
