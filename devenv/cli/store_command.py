"""`devenv store`: verify and delete."""

from typing import Annotated

import typer

from devenv.cli import operations
from devenv.cli.display import data_line
from devenv.cli.options import (
    JsonOption,
    NoColorOption,
    Options,
    QuietOption,
    examples,
)
from devenv.errors import UsageError
from devenv.formats.printable import printable
from devenv.formats.quantities import counted, size


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(no_args_is_help=True, help="Look after the store.")
    group.command("verify", epilog=examples("devenv store verify"))(verify)
    group.command("delete", epilog=examples("devenv store delete --all"))(delete)
    app.add_typer(group, name="store")


def verify(
    *,
    json: JsonOption = False,
    quiet: QuietOption = False,
    no_color: NoColorOption = False,
) -> int:
    """Compare every store path with its record; exit status 1 on a difference."""
    doors = operations.open_doors(Options(quiet=quiet, no_color=no_color))
    differences = doors.store.verify()
    if json:
        rows = [
            {"path": item.path.base, "fault": item.fault.value, "detail": item.detail}
            for item in differences
        ]
        data_line(operations.canonical_json({"differences": rows}))
    else:
        for item in differences:
            detail = f" ({item.detail})" if item.detail else ""
            data_line(printable(f"{item.path.base}: {item.fault.value}{detail}"))
        if not differences:
            paths = counted(len(doors.store.infos()), "path")
            doors.display.note(f"{paths} verified, nothing has changed")
    return 1 if differences else 0


def delete(
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Delete every store path.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Even under running programs.")
    ] = False,
    quiet: QuietOption = False,
    no_color: NoColorOption = False,
) -> None:
    """Delete the whole store; downloads and indexes stay."""
    if not everything:
        raise UsageError(
            "only the whole store can be deleted so far",
            hint="devenv store delete --all",
        )
    doors = operations.open_doors(Options(quiet=quiet, no_color=no_color))
    removed = operations.delete_store(doors, is_forced=force)
    doors.display.note(
        f"{counted(removed.path_count, 'path')} deleted,"
        f" {size(removed.freed_bytes)} given back"
    )
