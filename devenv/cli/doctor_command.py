"""`devenv doctor`."""

import typer

from devenv.cli import operations
from devenv.cli.display import data_line
from devenv.cli.options import (
    JsonOption,
    NoColorOption,
    OfflineOption,
    Options,
    examples,
)
from devenv.formats.printable import printable

_MARKS = {True: "ok     ", False: "PROBLEM"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", epilog=examples("devenv doctor"))(doctor)


def doctor(
    *,
    json: JsonOption = False,
    offline: OfflineOption = False,
    no_color: NoColorOption = False,
) -> int:
    """Check that this machine can run everything; exit status 1 on a problem."""
    doors = operations.open_doors(Options(offline=offline, no_color=no_color))
    findings = operations.examine(doors)
    if json:
        rows = [
            {"subject": item.subject, "ok": item.is_fine, "detail": item.detail}
            for item in findings
        ]
        data_line(operations.canonical_json({"findings": rows}))
    else:
        for item in findings:
            mark = _MARKS[item.is_fine]
            data_line(printable(f"{mark} {item.subject}: {item.detail}"))
    return 0 if all(item.is_fine for item in findings) else 1
