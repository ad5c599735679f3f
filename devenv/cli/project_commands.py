"""`devenv check` and `fmt`: a project's spec as text."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from devenv.cli import operations
from devenv.cli.display import display_for
from devenv.cli.options import (
    PROJECT,
    JsonOption,
    Options,
    add_command,
)
from devenv.cli.streams import data_line
from devenv.errors import Complaint, SpecError
from devenv.formats.printable import printable

_WHERE = re.compile(r"(?P<file>.*):(?P<line>[0-9]+)(?:, (?P<key>.*))?", re.DOTALL)


def register(app: typer.Typer) -> None:
    """Add the two commands."""
    add_command(
        app,
        "check",
        check,
        shares=[PROJECT],
        examples=["devenv check", "devenv check --json"],
    )
    add_command(
        app, "fmt", fmt, shares=[PROJECT], examples=["devenv fmt", "devenv fmt --check"]
    )


def check(options: Options, *, json: JsonOption = False) -> int:
    """Read all that the project says, and tell every mistake at once."""
    display = display_for(options)
    env = dict(os.environ)
    named = options.project
    folder = named or _project_around(env)
    try:
        checked = operations.check_project(
            folder,
            system=operations.this_system().name,
            env=env,
            is_named=named is not None,
        )
    except SpecError as error:
        if not json:
            raise
        _print_json(error.complaints, ())
        return error.exit_status
    warnings = checked.variables.warnings
    if json:
        _print_json((), warnings)
        return 0
    for warning in warnings:
        display.warn(f"{warning.what}\n  at {warning.where}")
    count = sum(item.sha256 is not None for item in checked.project.files)
    files = "1 file" if count == 1 else f"{count} files"
    data_line(printable(f"{checked.project.directory}: fine ({files} read)"))
    return 0


def fmt(
    options: Options,
    *,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Write nothing; exit status 1 if anything would change."
        ),
    ] = False,
) -> int:
    """Lay out devenv.toml and devenv.local.toml in the one usual way."""
    folder = options.project or _project_around(dict(os.environ))
    changed = operations.format_specs(folder, is_check=check)
    for path in changed:
        data_line(printable(str(path)))
    if check:
        if changed:
            display_for(options).note("these would change: devenv fmt lays them out")
        return 1 if changed else 0
    return 0


def _project_around(env: dict[str, str]) -> Path:
    return operations.require_project(Path.cwd(), ceiling=env.get("DEVENV_CEILING"))


def _print_json(complaints: Sequence[Complaint], warnings: Sequence[Complaint]) -> None:
    shown = {
        "ok": not complaints,
        "complaints": [_row(item) for item in complaints],
        "warnings": [_row(item) for item in warnings],
    }
    data_line(operations.canonical_json(shown))


def _row(complaint: Complaint) -> dict[str, object]:
    """Return a complaint as data; the place is taken apart for editors."""
    place = _WHERE.fullmatch(complaint.where or "")
    return {
        "what": complaint.what,
        "file": place["file"] if place else complaint.where,
        "line": int(place["line"]) if place else None,
        "key": place["key"] if place else None,
        "hint": complaint.hint,
    }
