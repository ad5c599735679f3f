"""`devenv doctor`."""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from devenv.cli import operations
from devenv.cli.options import ARCHIVE, JsonOption, Options, add_command
from devenv.cli.streams import data_line
from devenv.errors import DevenvError
from devenv.formats.printable import printable
from devenv.formats.quantities import counted
from devenv.model.finding import Finding, Level
from devenv.model.user_configuration import UserConfiguration

_MARKS = {
    Level.OK: "ok     ",
    Level.NOTE: "note   ",
    Level.WARNING: "warning",
    Level.PROBLEM: "PROBLEM",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(
        app,
        "doctor",
        doctor,
        shares=[ARCHIVE],
        examples=["devenv doctor", "devenv doctor --offline --json"],
    )


def doctor(options: Options, *, json: JsonOption = False) -> int:
    """Check that this machine can run everything; exit status 1 on a problem."""
    findings = tuple(_findings(options))
    if json:
        rows = [_row(finding) for finding in findings]
        data_line(operations.canonical_json({"findings": rows}))
    else:
        for line in _lines(findings):
            data_line(printable(line))
    return int(any(finding.level is Level.PROBLEM for finding in findings))


def _findings(options: Options) -> Iterator[Finding]:
    """Yield what is wrong with what everything starts from, and then all the rest."""
    env = dict(os.environ)
    try:
        directories = operations.Directories.from_environment(env)
    except DevenvError as error:
        # Without folders there is nothing else to be looked at.
        yield operations.failed("folders", error)
        return
    configuration = UserConfiguration()
    try:
        configuration = operations.read_configuration(directories)
    except DevenvError as error:
        yield operations.failed("configuration", error)
    yield from operations.examine(
        operations.Asking(
            env=env,
            directories=directories,
            clock=operations.SystemClock(),
            system=operations.this_system(),
            configuration=configuration,
            folder=Path.cwd(),
            command=operations.find_command(sys.executable, env.get("PATH", "")),
            open_doors=lambda: operations.open_doors(options),
            offline=options.offline,
            refresh=options.refresh,
        )
    )


def _row(finding: Finding) -> dict[str, object]:
    parts = (finding.what, finding.where, finding.advice)
    return {
        "id": finding.id,
        "level": finding.level.value,
        "what": finding.what,
        "where": finding.where,
        "advice": finding.advice,
        "subject": finding.id,
        "ok": finding.level is not Level.PROBLEM,
        "detail": "; ".join(part for part in parts if part),
    }


def _lines(findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings:
        is_fine = finding.level is Level.OK
        place = f" ({finding.where})" if finding.where and is_fine else ""
        yield f"{_MARKS[finding.level]} {finding.id}: {finding.what}{place}"
        if finding.where and not is_fine:
            yield f"  at {finding.where}"
        if finding.advice:
            yield f"  {finding.advice}"
    counts = [
        counted(sum(finding.level is level for finding in findings), level.value)
        for level in (Level.PROBLEM, Level.WARNING, Level.NOTE)
    ]
    yield f"in all: {', '.join(counts)}"
