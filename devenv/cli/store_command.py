"""`devenv store`: verify and delete."""

from typing import Annotated

import typer

from devenv.cli import operations, roots_commands
from devenv.cli.options import JsonOption, Options, add_command
from devenv.cli.streams import data_line
from devenv.errors import UsageError
from devenv.formats.printable import printable
from devenv.formats.quantities import counted, size


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(no_args_is_help=True, help="Look after the store.")
    add_command(group, "verify", verify, examples=["devenv store verify"])
    roots_commands.register_du(group)
    add_command(group, "delete", delete, examples=["devenv store delete --all"])
    app.add_typer(group, name="store")


def verify(options: Options, *, json: JsonOption = False) -> int:
    """Compare every store path with its record; exit status 1 on a difference."""
    doors = operations.open_doors(options)
    differences = doors.store.verify()
    if json:
        rows = [
            {
                "path": item.path.base,
                "fault": item.fault.name.lower(),
                "message": item.fault.value,
                "detail": item.detail,
            }
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
    options: Options,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Delete every store path.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Even under running programs.")
    ] = False,
) -> None:
    """Delete the whole store; downloads and indexes stay."""
    if not everything:
        raise UsageError(
            "only the whole store can be deleted so far",
            hint="devenv store delete --all",
        )
    doors = operations.open_doors(options)
    removed = operations.delete_store(doors, is_forced=force)
    doors.display.note(
        f"{counted(removed.path_count, 'path')} deleted,"
        f" {size(removed.freed_bytes)} given back"
    )
