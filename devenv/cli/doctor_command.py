"""`devenv doctor`."""

import typer

from devenv.cli import operations
from devenv.cli.options import ARCHIVE, JsonOption, Options, add_command
from devenv.cli.streams import data_line
from devenv.formats.printable import printable

_MARKS = {True: "ok     ", False: "PROBLEM"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(app, "doctor", doctor, shares=[ARCHIVE], examples=["devenv doctor"])


def doctor(options: Options, *, json: JsonOption = False) -> int:
    """Check that this machine can run everything; exit status 1 on a problem."""
    findings = operations.examine(operations.open_doors(options))
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
